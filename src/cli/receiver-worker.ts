/** The program of a receiving thread: its settings and the clock, handed to the receiver. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { type ReceiverSettings, runReceiver } from '../ports/receiver-thread.ts';

const { settings, outbox } = workerData as { settings: ReceiverSettings; outbox: MessagePort };

runReceiver(settings, outbox, () => (performance.timeOrigin + performance.now()) * 1e6);
outbox.close();
