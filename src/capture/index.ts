/** The public face of the capture reader: `havip-switch/capture`. */
export { type CaptureDamage, CaptureError } from './capture-error.ts';
export type {
  CaptureComment,
  CaptureCounts,
  CaptureWarning,
  WarningCode,
} from './capture-notes.ts';
export * from './link-types.ts';
export { mergeCaptures } from './merge.ts';
export {
  type CaptureOptions,
  type CaptureReader,
  openCapture,
  openCaptureBytes,
} from './reader.ts';
export { RecordBatch } from './record-batch.ts';
export type { CaptureInterface } from './record-decoder.ts';
