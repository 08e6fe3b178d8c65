/** What this machine knows of the scripts that a keepalived.conf names. */
import fs from 'node:fs';
import path from 'node:path';
import type { ScriptFacts } from '../lint/cluster.ts';

const EXECUTE = 0o111;
const WRITABLE_BY_ALL = 0o002;
/** In a folder with this bit only the owner of a file may put another in its place. */
const STICKY = 0o1000;

/** `root`: the folder that stands for `/` on the hosts. */
export function scriptFacts(root: string, script: string): ScriptFacts | null {
  const file = path.join(root, script);
  try {
    const { mode } = fs.statSync(file);
    const isExecutable = fs.statSync(file).isFile() && (mode & EXECUTE) !== 0;
    return { isExecutable, writable: writableIn(root, script) };
  } catch {
    return null;
  }
}

/** The file or the nearest folder above it that anybody may write to. */
function writableIn(root: string, script: string): string | null {
  for (let part = script; part !== '/' && part !== '.'; part = path.dirname(part)) {
    const stat = fs.statSync(path.join(root, part));
    const isSticky = stat.isDirectory() && (stat.mode & STICKY) !== 0;
    if ((stat.mode & WRITABLE_BY_ALL) !== 0 && !isSticky) return part;
  }
  return null;
}
