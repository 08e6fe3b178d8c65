/** The public face of the capture library, `havip-switch/capture`: see docs/capture.md. */
export { type CaptureDamage, CaptureError } from './capture-error.ts';
export type {
  CaptureComment,
  CaptureCounts,
  CaptureWarning,
  WarningCode,
} from './capture-notes.ts';
export { IndexedCapture, type IndexedRecord, indexCapture } from './indexed-capture.ts';
export * from './link-types.ts';
export { mergeCaptures } from './merge.ts';
export type { OctetSink } from './octet-writer.ts';
export type { PacketRecord } from './packet-record.ts';
export { PcapWriter, type PcapWriterOptions } from './pcap-writer.ts';
export {
  type InterfaceDescription,
  PcapngWriter,
  type SectionDescription,
} from './pcapng-writer.ts';
export {
  type CaptureOptions,
  type CaptureReader,
  openCapture,
  openCaptureBytes,
} from './reader.ts';
export { RecordBatch } from './record-batch.ts';
export type { CaptureInterface } from './record-decoder.ts';
export type { RecordVisitor } from './record-visitor.ts';
