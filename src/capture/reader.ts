/**
 * Opening a capture: what kind of input it is, whether it is compressed, which format it holds.
 *
 * All of that is recognised by magic, never by the file's name.
 */
import fs from 'node:fs';
import {
  type ByteSource,
  FileSource,
  MemorySource,
  PeekedSource,
  PipeSource,
  peek,
} from './byte-source.ts';
import { CaptureError, InputCut, reasonOf } from './capture-error.ts';
import { CaptureNotes } from './capture-notes.ts';
import { GZIP_MAGIC, unknownMagic } from './file-magic.ts';
import { type CaptureReader, FileReader } from './file-reader.ts';
import { GzipSource } from './gzip-source.ts';
import { isPcapMagic, PCAP_HEADER, PcapDecoder, pcapHeaderFault, readPcapHeader } from './pcap.ts';
import {
  BLOCK_HEAD,
  BLOCK_LENGTH_MAX,
  blockLengthFault,
  PcapngDecoder,
  SECTION_HEADER,
  sectionLittleEndian,
} from './pcapng.ts';
import type { RecordDecoder } from './record-decoder.ts';
import { Window } from './window.ts';
import { isZstdMagic, ZstdSource } from './zstd-source.ts';

export type { CaptureReader } from './file-reader.ts';

export interface CaptureOptions {
  /** Largest captured length of a pcap record, octets; default by link type, mostly 262,144. */
  readonly maxCaptureLength?: number | undefined;
  /** Largest pcapng block, octets; default 16 MiB. */
  readonly maxBlockLength?: number | undefined;
  /** Octets asked for at a time; default 256 KiB. */
  readonly chunkBytes?: number | undefined;
  /** Keep the comments of packets, too. */
  readonly comments?: boolean | undefined;
}

/** Two of them fit into the second cache of a processor. */
const CHUNK = 1 << 18;
/** A small file needs no large buffer; a small compressed one may still hold much. */
const CHUNK_MIN = 1 << 16;
const MAGIC_LENGTH = 4;

/**
 * Opens a file, or standard input for `-`. Rejects with CaptureError where nothing can be read:
 * no such file, empty, no capture, a file header that is cut or not readable.
 */
export async function openCapture(
  path: string,
  options: CaptureOptions = {},
): Promise<CaptureReader> {
  const name = path === '-' ? 'standard input' : path;
  let source: ByteSource;
  try {
    source = await openSource(path, name);
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    // Standard input may be closed, or something no octets can be read from.
    throw new CaptureError(name, reasonOf(error), 'name a file, or pipe a capture into it');
  }
  return readCapture(source, name, options);
}

/** The same for a capture that is in memory; `bytes` must not change while it is read. */
export function openCaptureBytes(
  bytes: Uint8Array,
  options: CaptureOptions = {},
  name = 'capture',
): Promise<CaptureReader> {
  return readCapture(new MemorySource(bytes), name, options);
}

/** The same for any source of octets; closes it where it rejects. */
export async function readCapture(
  source: ByteSource,
  name: string,
  options: CaptureOptions,
): Promise<CaptureReader> {
  try {
    const plain = await decompressed(source);
    return await startReader(plain, name, options);
  } catch (error) {
    await source.close();
    if (error instanceof CaptureError) throw error;
    throw new CaptureError(name, reasonOf(error), mendOf(error instanceof InputCut));
  }
}

/** What to do about input that ends too early, or of which the rest cannot be read. */
function mendOf(isInputCut: boolean): string | undefined {
  return isInputCut ? undefined : 'copy it again, or decompress it first';
}

/** The source itself, or what gzip or zstd hold in it; recognised by magic. */
async function decompressed(source: ByteSource): Promise<ByteSource> {
  const head = await peek(source, MAGIC_LENGTH);
  const whole = new PeekedSource(head, source);
  if (head.length < MAGIC_LENGTH) return whole;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (view.getUint16(0) === GZIP_MAGIC) return new GzipSource(whole);
  if (isZstdMagic(view.getUint32(0, true))) return new ZstdSource(whole);
  return whole;
}

async function openSource(path: string, name: string): Promise<ByteSource> {
  const fd = path === '-' ? 0 : await openFile(path, name);
  const stat = await new Promise<fs.Stats>((resolve, reject) => {
    fs.fstat(fd, (error, found) => (error ? reject(error) : resolve(found)));
  });
  if (stat.isDirectory()) {
    fs.closeSync(fd);
    throw new CaptureError(name, 'is a directory', 'name the capture files in it');
  }
  if (stat.isFIFO() || stat.isSocket()) return new PipeSource(fd);
  return new FileSource(fd, stat.isFile() ? stat.size : null);
}

async function openFile(path: string, name: string): Promise<number> {
  try {
    return await new Promise<number>((resolve, reject) => {
      fs.open(path, 'r', (error, fd) => (error ? reject(error) : resolve(fd)));
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new CaptureError(name, 'no such file', 'check the path');
    if (code === 'EACCES') {
      throw new CaptureError(name, 'no permission to read it', 'ask its owner, or use sudo');
    }
    throw new CaptureError(name, reasonOf(error), 'check the path');
  }
}

async function startReader(
  source: ByteSource,
  name: string,
  options: CaptureOptions,
): Promise<CaptureReader> {
  const size = source.size ?? Number.MAX_SAFE_INTEGER;
  const chunk = options.chunkBytes ?? CHUNK;
  const window = new Window(source, Math.max(1, Math.min(chunk, Math.max(size, CHUNK_MIN))));
  const notes = new CaptureNotes();
  if (!(await need(window, MAGIC_LENGTH))) {
    const { fault } = window;
    if (fault !== null) throw new CaptureError(name, fault, mendOf(window.isInputCut));
    const there = window.end - window.at;
    throw there === 0
      ? new CaptureError(name, 'empty file', 'nothing was captured or written yet')
      : new CaptureError(name, `only ${there} octets, no capture`);
  }
  const decoder = await recognise(window, name, { notes, options });
  return new FileReader(source, name, window, notes, decoder);
}

async function recognise(
  window: Window,
  name: string,
  context: { notes: CaptureNotes; options: CaptureOptions },
): Promise<RecordDecoder> {
  const { notes, options } = context;
  if (isPcapMagic(window.view, window.at)) {
    if (!(await need(window, PCAP_HEADER))) {
      const there = window.end - window.at;
      throw new CaptureError(name, `pcap file header cut: ${there} of ${PCAP_HEADER} octets`);
    }
    const header = readPcapHeader(window.view, window.at);
    const fault = pcapHeaderFault(header);
    if (fault !== null) throw new CaptureError(name, fault);
    window.at += PCAP_HEADER;
    return new PcapDecoder(header, notes, options.maxCaptureLength);
  }
  if (window.view.getUint32(window.at) === SECTION_HEADER) {
    const blockLengthMax = options.maxBlockLength ?? BLOCK_LENGTH_MAX;
    await checkFirstSection(window, name, blockLengthMax);
    return new PcapngDecoder(notes, blockLengthMax, options.comments === true);
  }
  const { what, mend } = unknownMagic(window.bytes.subarray(window.at, window.at + MAGIC_LENGTH));
  throw new CaptureError(name, what, mend);
}

async function checkFirstSection(window: Window, name: string, max: number): Promise<void> {
  if (!(await need(window, BLOCK_HEAD))) {
    throw new CaptureError(name, 'pcapng section header cut');
  }
  const littleEndian = sectionLittleEndian(window.view, window.at);
  if (littleEndian === null) {
    throw new CaptureError(name, 'pcapng byte-order magic is neither order of 1a2b3c4d');
  }
  const length = window.view.getUint32(window.at + 4, littleEndian);
  const fault = blockLengthFault(SECTION_HEADER, length, max);
  if (fault !== null) throw new CaptureError(name, `pcapng: ${fault}`);
}

/** Fills until `length` octets are there; false where the input ends before. */
async function need(window: Window, length: number): Promise<boolean> {
  while (window.end - window.at < length) {
    if (!(await window.fill())) return false;
  }
  return true;
}
