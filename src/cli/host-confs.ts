/**
 * Which hosts the files of a command line are: one a file, and of a single file with conditional
 * lines (`@id`) one for each id.
 */
import path from 'node:path';
import { parseConf, readConf } from './conf-files.ts';
import { type HostConf, nameOf } from './host-drafts.ts';
import { UsageError } from './usage-error.ts';

export interface HostFile extends HostConf {
  readonly text: string;
}

/** More share no virtual router; the file is read once for each. */
const IDS_MAX = 255;

/** Raises UsageError where a file cannot be read, is named twice, or is for too many hosts. */
export function hostConfs(files: readonly string[]): HostFile[] {
  const paths = files.map((file) => path.resolve(file));
  const twice = files.find((_, i) => paths.indexOf(paths[i]!) < i);
  if (twice !== undefined) throw new UsageError(`${twice} is named twice`, 'name it once');
  return files.flatMap((file) => confsOf(file, files.length === 1));
}

/** Of several files with such lines each is the host of its own name. */
function confsOf(file: string, isAlone: boolean): HostFile[] {
  const text = readConf(file);
  const conf = parseConf(text, file);
  const ids = conf.configIds.filter((id) => id !== '');
  const own = ids.filter((id) => id === nameOf(file, conf));
  const wanted = isAlone ? ids : own;
  if (wanted.length > IDS_MAX) {
    const what = `${file}: its lines begin with ${wanted.length} different @ids`;
    throw new UsageError(what, `write a file for at most ${IDS_MAX} hosts`);
  }
  if (wanted.length === 0) return [{ path: file, conf, configId: null, text }];
  return wanted.map((configId) => {
    return { path: file, conf: parseConf(text, file, { configId }), configId, text };
  });
}

/** A name for each host, none twice. */
export function hostNames(confs: readonly HostConf[]): string[] {
  const names = new Set<string>();
  return confs.map(({ path, conf, configId }) => {
    const stem = configId ?? nameOf(path, conf);
    let name = stem;
    for (let number = 2; names.has(name); number++) name = `${stem}-${number}`;
    names.add(name);
    return name;
  });
}
