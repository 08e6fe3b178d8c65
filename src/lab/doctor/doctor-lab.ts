/** What one lab asks of the machine beyond what every lab does: its interfaces and programs. */
import { basename, isAbsolute, join } from 'node:path';
import type { Eni } from '../../havip/topology.ts';
import { LABS, type LabRecord } from '../lab-record.ts';
import type { LabInQuestion } from './doctor.ts';
import { type Check, type Machine, note, ok, problem } from './machine.ts';

export function labChecks(machine: Machine, { topology, folder }: LabInQuestion): Check[] {
  const owners = namespaceOwners(machine);
  const checks = [
    ...topology.enis.flatMap((eni) => attachChecks(machine, eni, owners)),
    ...programChecks(machine, Object.values(topology.run).flat(), folder),
  ];
  return checks.length > 0 ? checks : [ok('lab', 'nothing on this machine is in its way')];
}

/** Labs that run, or were left, by the namespaces that they made. */
function namespaceOwners({ list, read }: Machine): Map<string, string> {
  const owners = new Map<string, string>();
  for (const lab of list(LABS)) {
    const record = read(`${LABS}/${lab}/lab.json`);
    if (record === null) continue;
    for (const namespace of namespacesOf(record)) owners.set(namespace, lab);
  }
  return owners;
}

/** None where the record is spoilt: `havip down` tells of that. */
function namespacesOf(record: string): readonly string[] {
  try {
    return (JSON.parse(record) as Partial<LabRecord>).namespaces ?? [];
  } catch {
    return [];
  }
}

function attachChecks(
  machine: Machine,
  { instance, name, attach }: Eni,
  owners: ReadonlyMap<string, string>,
): Check[] {
  const owner = `${instance}/${name}`;
  if (attach === null) return [];
  if ('interface' in attach) return interfaceChecks(machine, attach.interface, owner);
  if ('netns' in attach) {
    if (!machine.exists(`/run/netns/${attach.netns}`)) return [];
    const lab = owners.get(attach.netns);
    if (lab !== undefined) {
      const mend = `havip down --lab ${lab}, or write another name behind netns:`;
      return [problem('lab', `the namespace ${attach.netns} of ${owner} is lab ${lab}'s`, mend)];
    }
    const what = `the namespace ${attach.netns} of ${owner} is there already`;
    return [note('lab', what, `it is used and left in place; ip netns delete ${attach.netns}`)];
  }
  if (!machine.exists(`/sys/class/net/${attach.tap}`)) return [];
  if (machine.exists(`/sys/class/net/${attach.tap}/tun_flags`)) return [];
  const mend = 'write another name behind tap:';
  return [problem('lab', `${attach.tap} of ${owner} is there and is no TAP device`, mend)];
}

/** The lab's port is the wire's end: an address there lets the machine itself speak on it. */
function interfaceChecks(machine: Machine, device: string, owner: string): Check[] {
  if (!machine.exists(`/sys/class/net/${device}`)) {
    const mend = `write one of ${machine.list('/sys/class/net').join(', ')}, or make it`;
    return [problem('lab', `there is no interface ${device} for ${owner}`, mend)];
  }
  const checks: Check[] = [];
  const addresses = addressesOf(machine, device);
  if (addresses.length > 0) {
    const has = `${device} of ${owner} has ${addresses.join(', ')}`;
    const what = `${has}: this machine answers there too`;
    checks.push(note('lab', what, `ip address flush dev ${device}`));
  }
  const flags = Number.parseInt(machine.read(`/sys/class/net/${device}/flags`) ?? '1', 16);
  // IFF_UP, linux/if.h
  if ((flags & 1) === 0) {
    checks.push(note('lab', `${device} of ${owner} is down`, `ip link set ${device} up`));
  }
  return checks;
}

function addressesOf({ run }: Machine, device: string): string[] {
  const answer = run('ip', '-o', 'address', 'show', 'dev', device);
  const lines = answer?.output.split('\n') ?? [];
  return lines.flatMap((line) => /\sinet6?\s+(\S+)/.exec(line)?.[1] ?? []);
}

function programChecks(machine: Machine, lines: string[], folder: string): Check[] {
  const programs = new Set(lines.map((line) => line.trim().split(/\s+/)[0] ?? ''));
  const missing = [...programs].filter((program) => !isThere(machine, program, folder));
  // keepalived has a check of its own.
  const others = missing.filter((program) => basename(program) !== 'keepalived');
  const checks = others.map((program) =>
    problem('lab', `the lab runs ${program}, which is not here`, 'install it, or change run'),
  );
  for (const line of lines) {
    const [, file] = /^\S*keepalived\s(?:.*\s)?-f\s*([^\s"']+)/.exec(line) ?? [];
    if (file === undefined || machine.exists(isAbsolute(file) ? file : join(folder, file)))
      continue;
    const what = `the lab runs keepalived with ${file}, which is not there`;
    checks.push(problem('lab', what, 'it is looked for in the folder of the lab file'));
  }
  return checks;
}

function isThere(machine: Machine, program: string, folder: string): boolean {
  if (!program.includes('/')) return machine.hasProgram(program);
  return machine.exists(isAbsolute(program) ? program : join(folder, program));
}
