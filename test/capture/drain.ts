/** Reads a capture to its end into plain values, for comparison. */
import {
  type CaptureOptions,
  type CaptureReader,
  openCaptureBytes,
  RecordBatch,
} from '../../src/capture/index.ts';

export interface PlainRecord {
  /** Octets in hexadecimal. */
  data: string;
  wire: number;
  seconds: number;
  nanoseconds: number;
  linkType: number;
  interfaceId: number;
  file: number;
}

export async function drain(reader: CaptureReader, capacity = 7): Promise<PlainRecord[]> {
  const batch = new RecordBatch(capacity);
  const records: PlainRecord[] = [];
  do {
    while (reader.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) records.push(recordOf(batch, i));
    }
  } while (await reader.fill());
  await reader.close();
  return records;
}

function recordOf(batch: RecordBatch, i: number): PlainRecord {
  const { view } = batch;
  const at = batch.at[i]!;
  const octets = Buffer.from(view.buffer, view.byteOffset + at, batch.end[i]! - at);
  return {
    data: octets.toString('hex'),
    wire: batch.wireLength[i]!,
    seconds: batch.seconds[i]!,
    nanoseconds: batch.nanoseconds[i]!,
    linkType: batch.linkType[i]!,
    interfaceId: batch.interfaceId[i]!,
    file: batch.file[i]!,
  };
}

export async function readAll(
  bytes: Uint8Array,
  options: CaptureOptions = {},
): Promise<{ reader: CaptureReader; records: PlainRecord[]; codes: string[] }> {
  const reader = await openCaptureBytes(bytes, options, 'x.pcap');
  const records = await drain(reader);
  return { reader, records, codes: reader.warnings.map((warning) => warning.code) };
}

/** Why it cannot be opened. */
export async function refusal(input: Uint8Array): Promise<string> {
  return readAll(input).then(
    () => 'opened',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

export const hex = (octets: Iterable<number>): string => Buffer.from([...octets]).toString('hex');
