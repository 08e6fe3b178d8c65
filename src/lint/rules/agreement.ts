/** What the hosts of one virtual router have to agree upon. */
import { AUTH_DATA_LENGTH } from '../../vrrp/advert.ts';
import type { Cluster } from '../cluster.ts';
import type { Fix, Report, Rule, Severity } from '../finding.ts';
import { addToList, setKeyword } from '../fixes.ts';
import type { Place } from '../notices.ts';
import type { Running } from '../running.ts';
import { lastOf } from '../statements.ts';

interface Setting {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly source: string;
  /** `virtual_router_id` and so on. */
  readonly keyword: string;
  readonly valueIn: (one: Running) => number | null;
  readonly placeOf: (one: Running) => Place | null;
  /** What comes of the difference. */
  readonly effect: (one: Running) => string;
}

const SETTINGS: readonly Setting[] = [
  {
    id: 'vrid-differs',
    severity: 'error',
    title: 'another VRID than the peer',
    source: 'RFC 9568 5.2.3: an advert of an unknown VRID is discarded',
    keyword: 'virtual_router_id',
    valueIn: ({ vrid }) => vrid,
    placeOf: ({ config }) => config.virtualRouterId?.place ?? null,
    effect: () => 'they do not hear each other, and both become master',
  },
  {
    id: 'version-differs',
    severity: 'error',
    title: 'another version of VRRP than the peer',
    source: 'RFC 9568 7.1: an advert of another version is discarded',
    keyword: 'version',
    valueIn: ({ version }) => version,
    placeOf: ({ config }) => config.version?.place ?? null,
    effect: () => "they discard each other's adverts, and both become master",
  },
  {
    id: 'interval-differs',
    severity: 'error',
    title: 'another interval than the peer',
    source:
      'RFC 3768 7.1: the intervals must agree; RFC 9568 6.1: the backup takes that of the master',
    keyword: 'advert_int',
    valueIn: ({ interval }) => interval,
    placeOf: ({ config }) => config.advertInterval?.place ?? null,
    effect: ({ version }) =>
      version === 2
        ? "they discard each other's adverts, and both become master"
        : 'the time to detect a crash depends on who was master',
  },
  {
    id: 'down-timer-differs',
    severity: 'warning',
    title: 'another down_timer_adverts than the peer',
    source: 'keepalived.conf(5), down_timer_adverts: all must use the same value',
    keyword: 'down_timer_adverts',
    valueIn: ({ advertsMissed }) => advertsMissed,
    placeOf: ({ config }) => config.downTimerAdverts?.place ?? null,
    effect: () => 'the time to detect a crash depends on who was master',
  },
];

function ofSetting(setting: Setting): Rule {
  const { id, severity, title, source } = setting;
  const check = (cluster: Cluster, report: Report) => {
    for (const { members } of cluster.routers) {
      const first = members.find((one) => setting.valueIn(one) !== null);
      if (first === undefined) continue;
      const wanted = setting.valueIn(first);
      for (const one of members) {
        const value = setting.valueIn(one);
        if (value === null || value === wanted) continue;
        reportSetting(cluster, setting, { one, first }, report);
      }
    }
  };
  return { id, severity, title, source, check };
}

function reportSetting(
  cluster: Cluster,
  { keyword, valueIn, placeOf, effect, severity }: Setting,
  { one, first }: { one: Running; first: Running },
  report: Report,
): void {
  const wanted = String(valueIn(first));
  const fix = setKeyword(one, cluster.source, keyword, wanted);
  const message =
    `${one.host} has ${keyword} ${valueIn(one)} and ${first.host} ${wanted}: ` + `${effect(one)}`;
  const isLearned = keyword === 'advert_int' && one.version === 3 && first.version === 3;
  report({
    host: one.host,
    place: placeOf(one) ?? one.config.place,
    message,
    fix,
    related: [{ place: placeOf(first) ?? first.config.place, message: `${first.title}` }],
    severity: isLearned ? 'warning' : severity,
  });
}

const authenticationDiffers: Rule = {
  id: 'authentication-differs',
  severity: 'error',
  title: 'another authentication than the peer',
  source: 'RFC 2338 7.1: an advert whose authentication does not agree is discarded',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      const [first, ...others] = members;
      if (first === undefined) continue;
      for (const one of others) {
        const difference = authDifference(one, first);
        if (difference === null) continue;
        const { authentication } = one.config;
        const place = authentication?.passwordPlace ?? authentication?.place ?? one.config.place;
        const other = first.config.authentication;
        const there = other?.passwordPlace ?? other?.place ?? first.config.place;
        const message =
          `${one.host} and ${first.host} differ in ${difference}: they discard each ` +
          "other's adverts, and both become master";
        const fix: Fix = {
          edits: [],
          write: ['auth_type PASS', `auth_pass <that of ${first.host}>`],
        };
        const related = [{ place: there, message: first.title }];
        report({ host: one.host, place, message, fix, related });
      }
    }
  },
};

function authDifference(a: Running, b: Running): string | null {
  if (a.version === 3 || b.version === 3) return null;
  if (a.authType !== b.authType) return 'auth_type';
  return passwordOf(a) === passwordOf(b) ? null : 'auth_pass';
}

function passwordOf({ config, authType }: Running): string | null {
  if (authType === null) return null;
  const block = lastOf(config.statement, 'authentication');
  const word = block === null ? undefined : lastOf(block, 'auth_pass')?.values[0]?.text;
  return word?.slice(0, AUTH_DATA_LENGTH) ?? null;
}

const addressesDiffer: Rule = {
  id: 'addresses-differ',
  severity: 'error',
  title: 'another list of addresses than the peer',
  source: 'tried with 2.2.7: "received an unexpected ip number count", and both are master',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      if (members.length < 2) continue;
      const lines = new Map<string, { text: string; by: Running }>();
      for (const one of members) {
        for (const { address, prefix } of one.config.addresses) {
          const text = prefix === null ? address : `${address}/${prefix.value}`;
          if (!lines.has(address)) lines.set(address, { text, by: one });
        }
      }
      for (const one of members) checkAddresses(cluster, one, lines, report);
    }
  },
};

function checkAddresses(
  cluster: Cluster,
  one: Running,
  lines: ReadonlyMap<string, { text: string; by: Running }>,
  report: Report,
): void {
  const own = new Set(one.config.addresses.map(({ address }) => address));
  const missing = [...lines].filter(([address]) => !own.has(address));
  const [first] = missing;
  if (first === undefined || own.size === 0) return;
  const write = missing.map(([, { text }]) => text);
  const list = missing.map(([address]) => address).join(', ');
  const { by } = first[1];
  const message =
    `${one.host} does not list ${list}, as ${by.host} does: it discards the other's ` +
    `adverts, and the address is left behind when ${one.host} becomes master`;
  const place = lastOf(one.config.statement, 'virtual_ipaddress')?.keyword.place;
  report({
    host: one.host,
    place: place ?? one.config.place,
    message,
    fix: addToList(one, cluster.source, 'virtual_ipaddress', write),
    related: [{ place: by.config.addresses[0]?.place ?? by.config.place, message: by.title }],
  });
}

export const AGREEMENT_RULES: readonly Rule[] = [
  ...SETTINGS.map(ofSetting),
  authenticationDiffers,
  addressesDiffer,
];
