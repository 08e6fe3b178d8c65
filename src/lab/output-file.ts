/**
 * A file that a running lab writes as it goes. Where the disk does not take any more, the rest is
 * lost to the file: that is told once, and whoever writes goes on.
 */
import fs from 'node:fs';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = fs.constants;
const FLAGS = { a: O_APPEND, w: O_TRUNC } as const;
/** Captures are written anew, and their frames hold passwords: they are the user's alone. */
const MODES = { a: 0o666, w: 0o600 } as const;

export class OutputFile {
  private readonly path: string;
  private readonly flags: keyof typeof FLAGS;
  private readonly warn: (line: string) => void;
  private descriptor: number | null = null;
  private isLost = false;

  /** `flags` as for open; the first `write` opens it. */
  constructor(path: string, flags: keyof typeof FLAGS, warn: (line: string) => void) {
    this.path = path;
    this.flags = flags;
    this.warn = warn;
  }

  /** Throws where it cannot be opened. */
  open(): number {
    this.descriptor ??= openFile(this.path, this.flags);
    return this.descriptor;
  }

  write(octets: Uint8Array): void {
    if (this.isLost) return;
    try {
      const descriptor = this.open();
      // A disk that is nearly full takes a part, and says why only when asked again.
      for (let at = 0; at < octets.length; ) at += fs.writeSync(descriptor, octets, at);
    } catch (error) {
      this.lose(error as Error);
    }
  }

  close(): void {
    if (this.descriptor === null) return;
    try {
      fs.closeSync(this.descriptor);
    } catch (error) {
      // Some file systems tell only now that they had no room.
      this.lose(error as Error);
    }
    this.descriptor = null;
  }

  private lose({ message }: Error): void {
    if (!this.isLost) this.warn(`${this.path}: ${message}; nothing more is written to it`);
    this.isLost = true;
  }
}

/** No link is followed: whoever put it into the folder would choose what root writes over. */
function openFile(path: string, flags: keyof typeof FLAGS): number {
  if (flags === 'w') removeOlder(path);
  try {
    return fs.openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | FLAGS[flags], MODES[flags]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
    throw new Error(`${path} is a symbolic link, which is not followed: remove it`);
  }
}

/** Its mode, its other names and whoever reads it now would see the new content, too. */
function removeOlder(path: string): void {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) fs.rmSync(path);
}
