/** A control socket that a crashed lab left outside its own folder (`havip up --control`). */
import fs from 'node:fs';
import net from 'node:net';

/** How long somebody may take to answer, in milliseconds. */
const ANSWER_TIME = 1000;

/** Removes it where it is a socket and nobody listens there; whether it did. */
export async function removeLeftSocket(path: string): Promise<boolean> {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  if (await isAnswered(path)) return false;
  fs.rmSync(path, { force: true });
  return true;
}

/** Only a refused connection says that nobody listens. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    const done = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(ANSWER_TIME, () => done(true));
    socket.on('connect', () => done(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => done(code !== 'ECONNREFUSED'));
  });
}
