/** keepalived.conf files as hosts of a lab to be drafted: where the parser and the lab meet. */
import path from 'node:path';
import { parseAddress } from '../havip/cidr.ts';
import type { DraftAddress, HostDraft, RouterDraft } from '../lab/draft/lab-draft.ts';
import { nearest } from '../lab/file/nearest.ts';
import { isName } from '../lab/file/schema-leaves.ts';
import type {
  InstanceConfig,
  KeepalivedConf,
  Notice,
  Place,
  ScriptUse,
  VirtualAddress,
} from '../lint/keepalived-conf.ts';
import { outsideMistyped } from '../lint/mistyped.ts';

/** A parsed file, with the id for which its conditional lines were read. */
export interface HostConf {
  path: string;
  conf: KeepalivedConf;
  configId: string | null;
}

/** `folder`: that of the lab file, which command lines are relative to. */
export function hostDrafts(confs: readonly HostConf[], folder: string): HostDraft[] {
  const names = new Set<string>();
  return confs.map(({ path: file, conf, configId }) => {
    const name = freeName(configId ?? nameOf(file, conf), names);
    const relative = path.relative(folder, path.resolve(file));
    const id = configId === null ? [] : ['-i', configId];
    const words = ['keepalived', '-n', '-l', '-D', ...id, '-f', relative];
    const run = [words.map(quotedWord).join(' ')];
    return { name, file, run, routers: conf.instances.map(routerOf) };
  });
}

/** `ecs-1.conf` is ecs-1; a file that is called keepalived.conf takes its folder's name. */
export function nameOf(file: string, conf: KeepalivedConf): string {
  const absolute = path.resolve(file);
  const stem = path.basename(absolute).replace(/\.[A-Za-z]+$/, '');
  if (!/^keepalived$/i.test(stem)) return stem;
  const folder = path.basename(path.dirname(absolute));
  // /etc/keepalived/keepalived.conf names nobody.
  if (folder !== '' && folder !== 'keepalived' && folder !== 'etc') return folder;
  return conf.globals.routerId?.value ?? 'host';
}

function freeName(wanted: string, names: Set<string>): string {
  const lawful = wanted.replace(/[^\p{L}\p{N}._-]/gu, '-').replace(/^[._-]+/, '');
  const stem = isName(lawful) ? lawful : 'host';
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (names.has(name)) continue;
    names.add(name);
    return name;
  }
}

function routerOf(instance: InstanceConfig): RouterDraft {
  const { name, place, unicastSourceIp, multicastSourceIp, unicastPeers } = instance;
  const source = unicastSourceIp ?? multicastSourceIp;
  const { interface: device, addresses, excludedAddresses } = instance;
  return {
    name: name === '' ? 'vrrp_instance' : name,
    where: lineOf(place),
    device: device === null ? null : { name: device.value, where: lineOf(device.place) },
    source:
      source === null ? null : { address: source.value, prefix: null, where: lineOf(source.place) },
    peers: unicastPeers.map((peer) => ({
      address: peer.address,
      prefix: null,
      where: lineOf(peer.place),
    })),
    addresses: [...addresses, ...excludedAddresses].flatMap(draftAddressOf),
  };
}

function draftAddressOf(virtual: VirtualAddress): (DraftAddress & { device: string | null })[] {
  const address = parseAddress(virtual.address);
  if (address === null) return [];
  const { prefix, device, place } = virtual;
  return [
    { address, prefix: prefix?.value ?? null, device: device?.value ?? null, where: lineOf(place) },
  ];
}

function quotedWord(word: string): string {
  return /^[^\s"'\\]+$/.test(word) ? word : JSON.stringify(word);
}

function lineOf({ file, line }: Place): string {
  return `${file}:${line}`;
}

/** What the parser remarked upon and what the lab cannot bring along, a line each. */
export function confNotes(conf: KeepalivedConf): string[] {
  const notes = outsideMistyped(conf, nearest).map(noticeLine);
  if (conf.noticesLeft > 0) notes.push(`${conf.file}: ${conf.noticesLeft} more remarks`);
  const scripts = [
    ...conf.scripts.flatMap(({ script }) => (script === null ? [] : [script])),
    ...conf.syncGroups.flatMap((group) => group.scripts),
    ...conf.instances.flatMap((instance) => instance.scripts),
  ];
  notes.push(...scriptNotes(scripts));
  for (const { keyword } of conf.statements) {
    if (keyword.text !== 'net_namespace') continue;
    const remedy = 'take the line out: the lab gives each host a namespace of its own';
    notes.push(`${lineOf(keyword.place)}: keepalived would leave the namespace; ${remedy}`);
  }
  return notes;
}

/** One line for each program: what it is called with may be nobody's business. */
function scriptNotes(scripts: readonly ScriptUse[]): string[] {
  const programs = new Map<string, ScriptUse[]>();
  for (const use of scripts) {
    const [program = ''] = use.command.trim().split(/\s/);
    programs.set(program, [...(programs.get(program) ?? []), use]);
  }
  return [...programs].map(([program, uses]) => {
    const keywords = [...new Set(uses.map(({ keyword }) => keyword))];
    const verb = keywords.length === 1 ? 'runs' : 'run';
    const what = `${keywords.join(', ')} ${verb} ${JSON.stringify(program)}`;
    const remedy = 'have it on this machine too, or take the lines out';
    return `${uses[0] === undefined ? '' : lineOf(uses[0].place)}: ${what}; ${remedy}`;
  });
}

function noticeLine({ place, message, unknown }: Notice): string {
  const close = unknown === undefined ? null : nearest(unknown.word, unknown.known);
  const meant = close === null ? '' : `; did you mean ${close}?`;
  return `${place.file}:${place.line}:${place.column}: ${message}${meant}`;
}
