/** The network that a replay judges by: of a lab file, of `--havip`, or none at all. */
import path from 'node:path';
import type { Topology } from '../havip/topology.ts';
import { labText } from './lab-text.ts';
import type { ReplayRequest } from './replay-spec.ts';
import { UsageError } from './usage-error.ts';

export type TopologyRequest = Pick<ReplayRequest, 'lab' | 'havips' | 'provider'>;

/**
 * Null where nothing is to be guarded. Raises UsageError or LabFileError. The lab reader and the
 * providers' tables are loaded here only, since most replays need neither.
 */
export async function topologyOf(request: TopologyRequest): Promise<Topology | null> {
  const { lab, havips } = request;
  if (lab === null && havips.length === 0) return null;
  const chosen = request.provider === null ? null : await provider(request.provider);
  const topology = lab === null ? emptyTopology() : await readLab(lab, chosen);
  for (const havip of havips) {
    if (topology.havips.some((known) => known.address === havip.address)) {
      throw new UsageError(
        `--havip ${havip.address} is a HaVip of ${lab} already`,
        'bind the MAC there, or leave one of them out',
      );
    }
    topology.havips.push(havip);
  }
  if (chosen !== null) topology.provider = chosen;
  return topology;
}

function emptyTopology(): Topology {
  return { name: '', provider: null, subnets: [], enis: [], havips: [], run: {}, quotas: {} };
}

async function readLab(file: string, chosen: Topology['provider']): Promise<Topology> {
  const text = await labText(file, `--lab: ${file}`, 'check the path of the lab file');
  const { parseLab } = await import('../lab/file/lab-file.ts');
  const folder = path.dirname(path.resolve(file));
  return parseLab(text, file, chosen === null ? { folder } : { folder, provider: chosen });
}

async function provider(name: string): Promise<Topology['provider']> {
  const { isRuleSetName, RULE_SET_NAMES } = await import('../havip/rule-sets.ts');
  if (isRuleSetName(name)) return name;
  const mend = `known are ${RULE_SET_NAMES.join(', ')}`;
  throw UsageError.unknown('provider', name, RULE_SET_NAMES, mend);
}
