/**
 * What a lab stands on: its namespaces and devices. Each is written into the lab's record before
 * it is made, and `removeGround` removes what a record names, whoever made it and however far it
 * came.
 */
import type { Topology } from '../havip/topology.ts';
import { closeDevice } from '../ports/tap-device.ts';
import { attachEni, type Device } from './attachment.ts';
import { LabError } from './lab-error.ts';
import {
  controlPath,
  isRunning,
  type LabRecord,
  processStart,
  readLabRecord,
  removeLabRecord,
  writeLabRecord,
} from './lab-record.ts';
import { removeLeftSocket } from './left-socket.ts';
import {
  createNamespace,
  deleteNamespace,
  killGroup,
  killProcesses,
  namespaceExists,
} from './namespace.ts';

export class Ground {
  readonly record: LabRecord;
  readonly devices: Device[] = [];

  private constructor(record: LabRecord) {
    this.record = record;
  }

  /**
   * Makes what the topology's ENIs attach to. Throws LabError, with everything removed again,
   * where a part cannot be made.
   */
  static async make(topology: Topology, file: string): Promise<Ground> {
    refuseIfThere(topology.name);
    const ground = new Ground({
      lab: topology.name,
      file,
      control: controlPath(topology.name),
      pid: process.pid,
      started: processStart(process.pid) ?? '',
      namespaces: [],
      processes: [],
    });
    writeLabRecord(ground.record);
    try {
      for (let i = 0; i < topology.enis.length; i++) await ground.attach(topology, i);
    } catch (error) {
      await ground.remove();
      throw error;
    }
    return ground;
  }

  /**
   * Remembers processes of hosts: a namespace may be the user's own, or lose its name to somebody
   * else while they run.
   */
  remember(pids: readonly number[]): void {
    const { record } = this;
    record.processes = record.processes.filter(isRunning);
    for (const pid of pids) {
      const started = processStart(pid);
      if (started !== null) record.processes.push({ pid, started });
    }
    writeLabRecord(record);
  }

  /** Commands are taken at another place than the usual one. */
  listensAt(path: string): void {
    this.record.control = path;
    writeLabRecord(this.record);
  }

  /** Removes what was made; the devices vanish with their descriptors. */
  async remove(): Promise<void> {
    for (const device of this.devices.splice(0)) closeDevice(device.fd);
    await removeGround(this.record);
  }

  private async attach(topology: Topology, index: number): Promise<void> {
    const attach = topology.enis[index]?.attach ?? null;
    if (attach === null) return;
    if ('netns' in attach && !namespaceExists(attach.netns)) {
      this.record.namespaces.push(attach.netns);
      writeLabRecord(this.record);
      if (!(await createNamespace(attach.netns))) {
        // Somebody else has made it meanwhile, and it is not ours to remove.
        this.record.namespaces.pop();
        writeLabRecord(this.record);
      }
    }
    this.devices.push(await attachEni(topology, index));
  }
}

/** Ends and removes what a record names; gives their names. */
export async function removeGround(record: LabRecord): Promise<string[]> {
  const removed: string[] = [];
  for (const one of record.processes) {
    if (!isRunning(one)) continue;
    killGroup(one.pid);
    removed.push(`process ${one.pid}`);
  }
  for (const namespace of record.namespaces) {
    if (!namespaceExists(namespace)) continue;
    await killProcesses(namespace);
    await deleteNamespace(namespace);
    removed.push(`namespace ${namespace}`);
  }
  const isElsewhere = record.control !== controlPath(record.lab);
  if (isElsewhere && (await removeLeftSocket(record.control))) {
    removed.push(`socket ${record.control}`);
  }
  removeLabRecord(record.lab);
  return removed;
}

function refuseIfThere(lab: string): void {
  const known = readLabRecord(lab);
  if (known === null) return;
  if (isRunning(known)) {
    const mend = `end it with havip down --lab ${lab}, or give this lab file another name`;
    throw new LabError(`lab ${lab} runs already (process ${known.pid})`, mend);
  }
  throw new LabError(`lab ${lab} has ended without cleaning up`, `run: havip down --lab ${lab}`);
}
