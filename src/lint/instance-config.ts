/**
 * A `vrrp_instance` as values: what the file gives, each with its place, and null where it gives
 * nothing and keepalived's default holds (`INSTANCE_DEFAULTS`). Judges nothing.
 */
import type { Address } from '../havip/cidr.ts';
import type { Statement } from './blocks.ts';
import type { NoticeLog, Place } from './notices.ts';
import { shownWord } from './passwords.ts';
import {
  COUNT,
  type Given,
  hostAddress,
  insteadOf,
  isHostAddress,
  meantAddress,
  ONE_OR_MORE,
  type ScriptUse,
  Settings,
  WEIGHTS,
} from './settings.ts';
import { type VirtualAddress, virtualAddressOf } from './virtual-address.ts';

/**
 * What keepalived 2.2.7 takes where a file gives nothing: keepalived.conf(5), "VRRP instance(s)"
 * and "Global definitions". Times are seconds. The `garp_*`, `version` and `down_timer_adverts`
 * of an instance default to those of `global_defs`, and these to the numbers here.
 */
export const INSTANCE_DEFAULTS = {
  state: 'BACKUP',
  priority: 100,
  advertInterval: 1,
  version: 2,
  /** An instance of IPv6 addresses always speaks version 3. */
  versionIpv6: 3,
  preemptDelay: 0,
  garpMasterDelay: 5,
  garpMasterRepeat: 5,
  /** Those of `vrrp_garp_master_delay` and `vrrp_garp_master_repeat`, where these are given. */
  garpLowerPrioDelay: 5,
  garpLowerPrioRepeat: 5,
  /** 0: announcements are not repeated. */
  garpMasterRefresh: 0,
  garpMasterRefreshRepeat: 1,
  downTimerAdverts: 3,
  multicastGroup4: '224.0.0.18',
  multicastGroup6: 'ff02::12',
} as const;

/** `authentication`; the password itself is never kept, only where it stands. */
export interface Authentication {
  readonly type: Given<'PASS' | 'AH'> | null;
  readonly passwordPlace: Place | null;
  /** Characters of the password; keepalived uses the first eight. */
  readonly passwordLength: number;
  readonly place: Place;
}

export interface UnicastPeer {
  readonly address: Address;
  readonly place: Place;
}

/** A line of `track_interface`, `track_script`, `track_file`, `track_process` or `track_bfd`. */
export interface Track {
  readonly kind: 'interface' | 'script' | 'file' | 'process' | 'bfd';
  readonly name: string;
  readonly weight: Given<number> | null;
  /** The word behind the weight, which may turn it round. */
  readonly weightOption: string | null;
  readonly place: Place;
}

export interface InstanceConfig {
  readonly name: string;
  /** Of the keyword. */
  readonly place: Place;
  readonly state: Given<'MASTER' | 'BACKUP'> | null;
  readonly interface: Given<string> | null;
  readonly virtualRouterId: Given<number> | null;
  readonly priority: Given<number> | null;
  readonly version: Given<number> | null;
  /** Seconds, with a fraction. */
  readonly advertInterval: Given<number> | null;
  readonly nopreempt: Given<boolean> | null;
  /** Seconds. */
  readonly preemptDelay: Given<number> | null;
  readonly unicastSourceIp: Given<Address> | null;
  readonly multicastSourceIp: Given<Address> | null;
  readonly multicastDestinationIp: Given<Address> | null;
  readonly unicastPeers: readonly UnicastPeer[];
  /** The keyword `unicast_peer`, whether or not it lists a peer that could be read. */
  readonly unicastPeerPlace: Place | null;
  readonly unicastTtl: Given<number> | null;
  readonly checkUnicastSource: Given<boolean> | null;
  readonly authentication: Authentication | null;
  readonly addresses: readonly VirtualAddress[];
  readonly excludedAddresses: readonly VirtualAddress[];
  /** Of the first virtual address; IPv4 where there is none and no `native_ipv6`. */
  readonly family: 4 | 6;
  readonly tracks: readonly Track[];
  readonly useVmac: Given<boolean> | null;
  readonly vmacXmitBase: Given<boolean> | null;
  readonly useIpvlan: Given<boolean> | null;
  readonly dontTrackPrimary: Given<boolean> | null;
  readonly accept: Given<boolean> | null;
  readonly strictMode: Given<boolean> | null;
  readonly skipCheckAdvertAddresses: Given<boolean> | null;
  readonly lowerPrioNoAdvert: Given<boolean> | null;
  readonly higherPrioSendAdvert: Given<boolean> | null;
  readonly promoteSecondaries: Given<boolean> | null;
  readonly downTimerAdverts: Given<number> | null;
  /** Seconds; 0: no second round of announcements. */
  readonly garpMasterDelay: Given<number> | null;
  readonly garpMasterRepeat: Given<number> | null;
  readonly garpLowerPrioDelay: Given<number> | null;
  readonly garpLowerPrioRepeat: Given<number> | null;
  /** Seconds. */
  readonly garpMasterRefresh: Given<number> | null;
  readonly garpMasterRefreshRepeat: Given<number> | null;
  readonly scripts: readonly ScriptUse[];
  readonly statement: Statement;
}

/** Limits of keepalived 2.2.7 where the protocol sets none. */
const OCTET = { least: 1, most: 255 };
/** keepalived 2.2.7 refuses fractions here: "invalid number '0.5'". */
const WHOLE_SECONDS = { least: 0, most: 1_000_000 };
/** keepalived refuses less than a hundredth; version 2 counts to 255 s, version 3 to 40.95 s. */
const ADVERT_SECONDS = { least: 0.01, most: 255 };

const NOTIFY = [
  ...['notify', 'notify_master', 'notify_backup', 'notify_fault', 'notify_stop'],
  ...['notify_deleted', 'notify_master_rx_lower_pri'],
];

export function instanceConfigOf(statement: Statement, notices: NoticeLog): InstanceConfig {
  const { keyword, values, block } = statement;
  const settings = new Settings(block, notices);
  const addressesOf = (list: string) =>
    settings
      .listed(list)
      .map((line) => virtualAddressOf(line, notices))
      .filter((address) => address !== null);
  const addresses = addressesOf('virtual_ipaddress');
  const isNative6 = settings.presence('native_ipv6') !== null;
  return {
    name: values[0]?.text ?? '',
    place: keyword.place,
    statement,
    ...electionOf(settings),
    ...announcementsOf(settings),
    ...unicastOf(settings, notices),
    authentication: authenticationOf(settings, notices),
    addresses,
    excludedAddresses: addressesOf('virtual_ipaddress_excluded'),
    family: addresses[0]?.family ?? (isNative6 ? 6 : 4),
    tracks: tracksOf(settings, notices),
    interface: settings.word('interface'),
    useVmac: settings.presence('use_vmac'),
    vmacXmitBase: settings.presence('vmac_xmit_base'),
    useIpvlan: settings.presence('use_ipvlan'),
    dontTrackPrimary: settings.presence('dont_track_primary'),
    accept: acceptOf(settings),
    strictMode: settings.flag('strict_mode'),
    promoteSecondaries: settings.presence('promote_secondaries'),
    scripts: settings.scripts(...NOTIFY),
  };
}

function electionOf(settings: Settings) {
  return {
    state: settings.oneOf('state', ['MASTER', 'BACKUP'] as const),
    virtualRouterId: settings.integer('virtual_router_id', OCTET),
    priority: settings.integer('priority', OCTET),
    version: settings.integer('version', { least: 2, most: 3 }),
    advertInterval: settings.seconds('advert_int', ADVERT_SECONDS),
    nopreempt: settings.presence('nopreempt'),
    preemptDelay: settings.seconds('preempt_delay', { least: 0, most: 1000 }),
    downTimerAdverts: settings.integer('down_timer_adverts', { least: 1, most: 100 }),
    skipCheckAdvertAddresses: settings.presence('skip_check_adv_addr'),
    lowerPrioNoAdvert: settings.flag('lower_prio_no_advert'),
    higherPrioSendAdvert: settings.flag('higher_prio_send_advert'),
  };
}

function announcementsOf(settings: Settings) {
  return {
    garpMasterDelay: settings.integerOr('garp_master_delay', WHOLE_SECONDS, 0),
    garpMasterRepeat: settings.integerOr('garp_master_repeat', ONE_OR_MORE, 1),
    garpLowerPrioDelay: settings.integerOr('garp_lower_prio_delay', WHOLE_SECONDS, 0),
    garpLowerPrioRepeat: settings.integerOr('garp_lower_prio_repeat', COUNT, 0),
    garpMasterRefresh: settings.integer('garp_master_refresh', WHOLE_SECONDS),
    garpMasterRefreshRepeat: settings.integer('garp_master_refresh_repeat', COUNT),
  };
}

function unicastOf(settings: Settings, notices: NoticeLog) {
  return {
    unicastSourceIp: settings.address('unicast_src_ip'),
    multicastSourceIp: settings.address('mcast_src_ip'),
    multicastDestinationIp: settings.address('mcast_dst_ip'),
    unicastPeers: peersOf(settings, notices),
    unicastPeerPlace: settings.all('unicast_peer').at(-1)?.keyword.place ?? null,
    unicastTtl: settings.integer('unicast_ttl', { least: 0, most: 255 }),
    checkUnicastSource: settings.presence('check_unicast_src'),
  };
}

/** One peer a line: keepalived takes a second one for the name of an option, and leaves it out. */
function peersOf(settings: Settings, notices: NoticeLog): UnicastPeer[] {
  return settings.listed('unicast_peer').flatMap(({ keyword, values }) => {
    const address = hostAddress(keyword.text);
    for (const word of values.filter(isHostAddress)) {
      const what = `the peer ${shownWord(word)} is left out, since another stands before it`;
      notices.add('bad-value', word.place, `${what}; write each on a line of its own`, {
        isError: true,
        write: [word.text],
      });
    }
    if (address !== null) return [{ address, place: keyword.place }];
    const what = `${shownWord(keyword)} is no address and is left out`;
    notices.add('bad-value', keyword.place, `${what}; write one such as 192.168.0.210`, {
      ...insteadOf(keyword, meantAddress(keyword.text)),
    });
    return [];
  });
}

function authenticationOf(settings: Settings, notices: NoticeLog): Authentication | null {
  const statement = settings.all('authentication').at(-1);
  if (statement === undefined) return null;
  const inside = new Settings(statement.block, notices);
  const password = inside.word('auth_pass');
  return {
    type: inside.oneOf('auth_type', ['PASS', 'AH'] as const),
    passwordPlace: password?.place ?? null,
    passwordLength: password?.value.length ?? 0,
    place: statement.keyword.place,
  };
}

const TRACKS = ['interface', 'script', 'file', 'process', 'bfd'] as const;

export function tracksOf(settings: Settings, notices: NoticeLog): Track[] {
  return TRACKS.flatMap((kind) =>
    settings.listed(`track_${kind}`).map(({ keyword, values }) => {
      const at = values.findIndex(({ text }) => text === 'weight');
      const word = at < 0 ? undefined : values[at + 1];
      const weight = word === undefined ? null : { value: Number(word.text), place: word.place };
      const isRead = weight === null || isWeight(weight.value);
      if (word !== undefined && !isRead) {
        const what = `weight ${shownWord(word)} is not from -253 to 253, and is left out`;
        notices.add('bad-value', word.place, what, { write: ['weight <-253 to 253>'] });
      }
      return {
        kind,
        name: keyword.text,
        weight: isRead ? weight : null,
        weightOption: at < 0 ? null : (values[at + 2]?.text ?? null),
        place: keyword.place,
      };
    }),
  );
}

function isWeight(value: number): boolean {
  return Number.isInteger(value) && value >= WEIGHTS.least && value <= WEIGHTS.most;
}

function acceptOf(settings: Settings): Given<boolean> | null {
  const last = settings.all('accept', 'no_accept').at(-1);
  if (last === undefined) return null;
  return { value: last.keyword.text === 'accept', place: last.keyword.place };
}
