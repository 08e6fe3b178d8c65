import type { FrameBatch } from './frame-batch.ts';

/**
 * An attachment point of the switch. Ports move octets and know nothing else: they neither learn
 * nor judge nor forward.
 */
export interface Port {
  readonly name: string;
  /** Largest frame that `transmit` takes, in octets without FCS. */
  readonly maximumFrame: number;
  /** Fills the batch with frames that have arrived, at most its capacity; returns their number. */
  receive(batch: FrameBatch): number;
  /**
   * Sends the octets [at, end) of `view`. The port copies or sends before it returns: the caller
   * owns the octets again afterwards. False where its queue is full (the caller counts the drop).
   */
  transmit(view: DataView, at: number, end: number): boolean;
}
