/**
 * keepalived.conf: text to a tree, to typed values and to remarks. Never throws and never ends
 * early, whatever the text; judges nothing, which is for who asks. Reads no files: what `include`
 * names is given by the caller.
 */
import { buildTree, type Statement } from './blocks.ts';
import { type InstanceConfig, instanceConfigOf, type Track, tracksOf } from './instance-config.ts';
import { checkKeywords } from './keyword-check.ts';
import { FILE_GRAMMAR } from './keywords.ts';
import { type LineOptions, readLines } from './lines.ts';
import { mendMissingBraces } from './missing-brace.ts';
import { type Notice, NoticeLog, type Place, shown } from './notices.ts';
import { COUNT, type Given, ONE_OR_MORE, type ScriptUse, Settings, WEIGHTS } from './settings.ts';

export type { Statement } from './blocks.ts';
export type {
  Authentication,
  InstanceConfig,
  Track,
  UnicastPeer,
} from './instance-config.ts';
export { INSTANCE_DEFAULTS } from './instance-config.ts';
export type { Condition, IncludedFile, IncludeReader } from './lines.ts';
export { formatPlace, type Notice, type NoticeCode, type Place } from './notices.ts';
export type { Given, ScriptUse } from './settings.ts';
export type { VirtualAddress } from './virtual-address.ts';
export type { Word } from './words.ts';

export type ConfOptions = LineOptions;

/** `global_defs`, as far as it is the default of an instance's own settings. */
export interface GlobalConfig {
  readonly routerId: Given<string> | null;
  readonly version: Given<number> | null;
  readonly strict: Given<boolean> | null;
  readonly skipCheckAdvertAddresses: Given<boolean> | null;
  readonly checkUnicastSource: Given<boolean> | null;
  readonly scriptSecurity: Given<boolean> | null;
  readonly scriptUser: Given<string> | null;
  /** Seconds. */
  readonly garpMasterDelay: Given<number> | null;
  readonly garpMasterRepeat: Given<number> | null;
  /** Seconds. */
  readonly garpMasterRefresh: Given<number> | null;
  readonly garpMasterRefreshRepeat: Given<number> | null;
  readonly garpLowerPrioDelay: Given<number> | null;
  readonly garpLowerPrioRepeat: Given<number> | null;
  /** Seconds between two announcements on an interface; null: none. */
  readonly garpInterval: Given<number> | null;
  readonly gnaInterval: Given<number> | null;
  readonly downTimerAdverts: Given<number> | null;
  readonly higherPrioSendAdvert: Given<boolean> | null;
  readonly lowerPrioNoAdvert: Given<boolean> | null;
  readonly minGarp: Given<boolean> | null;
  readonly multicastGroup4: Given<string> | null;
  readonly multicastGroup6: Given<string> | null;
}

export interface ScriptConfig {
  readonly name: string;
  readonly place: Place;
  readonly script: ScriptUse | null;
  /** Seconds. */
  readonly interval: Given<number> | null;
  readonly timeout: Given<number> | null;
  readonly weight: Given<number> | null;
  /** The word behind the weight, which may turn it round. */
  readonly weightOption: string | null;
  readonly rise: Given<number> | null;
  readonly fall: Given<number> | null;
}

export interface SyncGroupConfig {
  readonly name: string;
  readonly place: Place;
  /** Names of instances. */
  readonly members: readonly Given<string>[];
  readonly tracks: readonly Track[];
  readonly scripts: readonly ScriptUse[];
}

export interface KeepalivedConf {
  /** As the caller named it. */
  readonly file: string;
  readonly statements: readonly Statement[];
  readonly globals: GlobalConfig;
  readonly scripts: readonly ScriptConfig[];
  readonly syncGroups: readonly SyncGroupConfig[];
  readonly instances: readonly InstanceConfig[];
  /** The ids that conditional lines name, each once. */
  readonly configIds: readonly string[];
  /** By file, line and column; 500 at most. */
  readonly notices: readonly Notice[];
  readonly noticesLeft: number;
}

export function parseKeepalivedConf(
  text: string,
  file: string,
  options: ConfOptions = {},
): KeepalivedConf {
  const notices = new NoticeLog();
  const lines = readLines(text, file, options, notices);
  const statements = buildTree(lines, notices);
  mendMissingBraces(statements, notices);
  checkKeywords(statements, notices);
  const top = new Settings(withinUnknown(statements), notices);
  const globals = top.all('global_defs').flatMap(({ block }) => block ?? []);
  const instances = top.all('vrrp_instance').map((one) => instanceConfigOf(one, notices));
  refuseTwins('vrrp_instance', instances, notices);
  const ids = lines.flatMap(({ condition }) => (condition === null ? [] : [condition.id]));
  return {
    file,
    statements,
    globals: globalsOf(new Settings(globals, notices)),
    scripts: top.all('vrrp_script').map((one) => scriptOf(one, notices)),
    syncGroups: top.all('vrrp_sync_group').map((one) => syncGroupOf(one, instances, notices)),
    instances,
    configIds: [...new Set(ids)],
    notices: inOrder(notices.list),
    noticesLeft: notices.left,
  };
}

/** keepalived reads what stands in a block that it does not know as if it stood outside. */
function withinUnknown(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((statement) => {
    const { keyword, block } = statement;
    if (block === null || FILE_GRAMMAR.keywords.has(keyword.text)) return [statement];
    return withinUnknown(block);
  });
}

/** Files in the order in which something was found in them. */
function inOrder(notices: readonly Notice[]): Notice[] {
  const files = [...new Set(notices.map(({ place }) => place.file))];
  return [...notices].sort(({ place: a }, { place: b }) => {
    const apart = files.indexOf(a.file) - files.indexOf(b.file);
    return apart || a.line - b.line || a.column - b.column;
  });
}

/** keepalived 2.2.7 refuses fractions here: "invalid number '0.5'". */
const WHOLE_SECONDS = { least: 0, most: 1_000_000 };
/** Nor 0: "must be greater than 0, setting to 1". */
const SCRIPT_SECONDS = { ...WHOLE_SECONDS, least: 1 };
/** keepalived 2.2.7 refuses 0 here: "outside range [0.000001, 4294.967295]". */
const GAP_SECONDS = { least: 0.000001, most: 4294.967295 };

function globalsOf(settings: Settings): GlobalConfig {
  return {
    routerId: settings.word('router_id'),
    version: settings.integer('vrrp_version', { least: 2, most: 3 }),
    strict: settings.presence('vrrp_strict'),
    skipCheckAdvertAddresses: settings.presence('vrrp_skip_check_adv_addr'),
    checkUnicastSource: settings.presence('vrrp_check_unicast_src'),
    scriptSecurity: settings.presence('enable_script_security'),
    scriptUser: settings.word('script_user'),
    garpMasterDelay: settings.integerOr('vrrp_garp_master_delay', WHOLE_SECONDS, 0),
    garpMasterRepeat: settings.integerOr('vrrp_garp_master_repeat', ONE_OR_MORE, 1),
    garpMasterRefresh: settings.integer('vrrp_garp_master_refresh', WHOLE_SECONDS),
    garpMasterRefreshRepeat: settings.integer('vrrp_garp_master_refresh_repeat', COUNT),
    garpLowerPrioDelay: settings.integerOr('vrrp_garp_lower_prio_delay', WHOLE_SECONDS, 0),
    garpLowerPrioRepeat: settings.integerOr('vrrp_garp_lower_prio_repeat', COUNT, 0),
    garpInterval: settings.seconds('vrrp_garp_interval', GAP_SECONDS),
    gnaInterval: settings.seconds('vrrp_gna_interval', GAP_SECONDS),
    downTimerAdverts: settings.integer('vrrp_down_timer_adverts', { least: 1, most: 100 }),
    higherPrioSendAdvert: settings.flag('vrrp_higher_prio_send_advert'),
    lowerPrioNoAdvert: settings.flag('vrrp_lower_prio_no_advert'),
    minGarp: settings.flag('vrrp_min_garp'),
    multicastGroup4: settings.word('vrrp_mcast_group4'),
    multicastGroup6: settings.word('vrrp_mcast_group6'),
  };
}

function scriptOf({ keyword, values, block }: Statement, notices: NoticeLog): ScriptConfig {
  const settings = new Settings(block, notices);
  return {
    name: values[0]?.text ?? '',
    place: keyword.place,
    script: settings.scripts('script').at(-1) ?? null,
    interval: settings.integerOr('interval', SCRIPT_SECONDS, 1),
    timeout: settings.integerOr('timeout', SCRIPT_SECONDS, 1),
    weight: settings.integer('weight', WEIGHTS),
    weightOption: settings.all('weight').at(-1)?.values[1]?.text ?? null,
    rise: settings.integer('rise', ONE_OR_MORE),
    fall: settings.integer('fall', ONE_OR_MORE),
  };
}

function syncGroupOf(
  { keyword, values, block }: Statement,
  instances: readonly InstanceConfig[],
  notices: NoticeLog,
): SyncGroupConfig {
  const settings = new Settings(block, notices);
  const listed = settings.listed('group').flatMap((line) => [line.keyword, ...line.values]);
  const isGrouped = settings.all('group').length > 0;
  const strays = isGrouped ? [] : settings.all(...instances.map(({ name }) => name));
  const names = [...listed, ...strays.map((one) => one.keyword)];
  const [first] = strays;
  if (first !== undefined) {
    const message =
      'a sync group has its instances in a group { }, and keepalived knows none outside of it';
    const lines = strays.map((one) => `    ${one.keyword.text}`);
    notices.withdraw('unknown-keyword', new Set(strays.map((one) => one.keyword.place)));
    notices.add('missing-block', first.keyword.place, message, {
      write: ['group {', ...lines, '}'],
    });
  }
  return {
    name: values[0]?.text ?? '',
    place: keyword.place,
    members: names.map(({ text, place }) => ({ value: text, place })),
    tracks: tracksOf(settings, notices),
    scripts: settings.scripts(
      ...['notify', 'notify_master', 'notify_backup', 'notify_fault', 'notify_stop'],
    ),
  };
}

function refuseTwins(
  what: string,
  named: readonly { name: string; place: Place }[],
  notices: NoticeLog,
): void {
  const seen = new Set<string>();
  for (const { name, place } of named) {
    if (seen.has(name)) {
      const message = `${what} ${shown(name)} is defined twice; rename one of them`;
      notices.add('duplicate-name', place, message);
    }
    seen.add(name);
  }
}
