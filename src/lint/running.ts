/**
 * A `vrrp_instance` as keepalived 2.2.7 runs it: defaults filled in, and values changed as it
 * changes them. The rules say what it changed; this file only follows.
 */

import { PRIORITY_OWNER } from '../vrrp/advert.ts';
import {
  INSTANCE_DEFAULTS as DEFAULTS,
  type InstanceConfig,
  type KeepalivedConf,
  type VirtualAddress,
} from './keepalived-conf.ts';
import type { LabHost } from './lab-host.ts';
import { lastOf, type Statement } from './statements.ts';

export interface Running {
  readonly host: string;
  readonly config: InstanceConfig;
  readonly lab: LabHost | null;
  /** `VI_1 of ecs-1` in messages. */
  readonly title: string;
  readonly device: string | null;
  readonly vrid: number | null;
  readonly family: 4 | 6;
  readonly version: 2 | 3;
  readonly state: 'MASTER' | 'BACKUP';
  readonly priority: number;
  /** Seconds. */
  readonly interval: number;
  readonly advertsMissed: number;
  /** What is in force; `config` has what is written. */
  readonly isNonPreempting: boolean;
  readonly isStrict: boolean;
  /** Adverts go to peers; a list without one falls back to multicast. */
  readonly isUnicast: boolean;
  /** Packets to the virtual addresses are let in. */
  readonly isAccepting: boolean;
  /** The source of its adverts, as far as the file or the lab says it. */
  readonly source: string | null;
  /** Those of `virtual_ipaddress_excluded` too: they move with the others. */
  readonly addresses: readonly VirtualAddress[];
  readonly authType: 'PASS' | 'AH' | null;
  /** Seconds. */
  readonly garpDelay: number;
  readonly garpRefresh: number;
  readonly lowerPrioRepeat: number;
  readonly isHigherAnswered: boolean;
}

export function runningOf(
  config: InstanceConfig,
  conf: KeepalivedConf,
  host: string,
  lab: LabHost | null,
): Running {
  const { globals } = conf;
  const version = versionOf(config, conf);
  const state = config.state?.value ?? DEFAULTS.state;
  const priority = priorityOf(config);
  const isStrict = (config.strictMode ?? globals.strict)?.value ?? false;
  const isMaster = state === 'MASTER' || priority === PRIORITY_OWNER;
  const device = config.interface?.value ?? null;
  const isMinimal = globals.minGarp?.value === true;
  const refresh = config.garpMasterRefresh ?? globals.garpMasterRefresh;
  const delay = config.garpMasterDelay ?? globals.garpMasterDelay;
  // That of the instance's own garp_master_repeat is not taken over.
  const { garpLowerPrioRepeat, garpMasterRepeat } = globals;
  const lower = config.garpLowerPrioRepeat ?? garpLowerPrioRepeat ?? garpMasterRepeat;
  const name = config.name === '' ? 'vrrp_instance' : config.name;
  return {
    host,
    config,
    lab,
    title: `${name} of ${host}`,
    device,
    vrid: config.virtualRouterId?.value ?? null,
    family: config.family,
    version,
    state,
    priority,
    interval: intervalOf(config.advertInterval?.value ?? DEFAULTS.advertInterval, version),
    advertsMissed:
      (config.downTimerAdverts ?? globals.downTimerAdverts)?.value ?? DEFAULTS.downTimerAdverts,
    isNonPreempting: config.nopreempt?.value === true && !isMaster,
    isStrict,
    isUnicast: config.unicastPeers.length > 0,
    isAccepting: config.accept?.value ?? (!isStrict || priority === PRIORITY_OWNER),
    source: sourceOf(config, lab),
    addresses: [...config.addresses, ...config.excludedAddresses],
    authType: version === 3 || isStrict ? null : authTypeOf(config),
    garpDelay: delay?.value ?? (isMinimal ? 0 : DEFAULTS.garpMasterDelay),
    garpRefresh: refresh?.value ?? DEFAULTS.garpMasterRefresh,
    lowerPrioRepeat: lower?.value ?? (isMinimal ? 1 : DEFAULTS.garpLowerPrioRepeat),
    isHigherAnswered: (config.higherPrioSendAdvert ?? globals.higherPrioSendAdvert)?.value ?? false,
  };
}

function versionOf({ family, version }: InstanceConfig, { globals }: KeepalivedConf): 2 | 3 {
  if (family === 6) return 3;
  return (version ?? globals.version)?.value === 3 ? 3 : 2;
}

/** Without a `priority` that can be read: an instance that says MASTER is taken for the owner. */
function priorityOf(config: InstanceConfig): number {
  if (config.priority !== null) return config.priority.value;
  const isWritten = lastOf(config.statement as Statement, 'priority') !== null;
  return config.state?.value === 'MASTER' && !isWritten ? PRIORITY_OWNER : DEFAULTS.priority;
}

/** Version 2 counts whole seconds from 1 on, version 3 hundredths up to 40.95. */
function intervalOf(seconds: number, version: 2 | 3): number {
  if (version === 2) return Math.max(1, Math.floor(seconds + 0.5));
  return Math.min(40.95, Math.max(0.01, Math.floor(seconds * 100 + 0.5) / 100));
}

function authTypeOf({ authentication }: InstanceConfig): 'PASS' | 'AH' | null {
  if (authentication === null || authentication.passwordPlace === null) return null;
  return authentication.type?.value ?? null;
}

function sourceOf(config: InstanceConfig, lab: LabHost | null): string | null {
  const named = config.unicastSourceIp ?? config.multicastSourceIp;
  if (named !== null) return named.value.text;
  return lab?.primaryAddress(config.interface?.value ?? null, config.family) ?? null;
}
