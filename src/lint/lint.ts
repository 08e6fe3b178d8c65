/**
 * `havip lint`: keepalived.conf files judged one by one, against each other, and against a cloud
 * and a lab. Pure: what the files and the machine hold is given, what is found is given back.
 */
import { ruleSet } from '../havip/rule-sets.ts';
import type { ProviderName, Topology } from '../havip/topology.ts';
import {
  type Cluster,
  type Host,
  type Nearest,
  routersOf,
  type ScriptProbe,
  type Version,
  virtualAddressesOf,
} from './cluster.ts';
import { type ExpectedOutage, expectedOutages } from './expected-outage.ts';
import type { Finding, Remark, Rule, Severity } from './finding.ts';
import {
  type ConfOptions,
  type InstanceConfig,
  type KeepalivedConf,
  parseKeepalivedConf,
} from './keepalived-conf.ts';
import { type LabHost, labHostOf } from './lab-host.ts';
import { outsideMistyped } from './mistyped.ts';
import type { Place } from './notices.ts';
import { RULES } from './rules.ts';
import { runningOf } from './running.ts';
import { SourceLines } from './source-lines.ts';
import { type SurplusBrace, surplusBraceOf, withoutBrace } from './surplus-brace.ts';
import { templateTag } from './template.ts';

export interface LintFile {
  /** What the host is called; unique. */
  readonly host: string;
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  readonly options: ConfOptions;
}

export interface LintRequest {
  readonly files: readonly LintFile[];
  readonly provider: ProviderName | null;
  readonly topology: Topology | null;
  readonly keepalived: Version | null;
  readonly scripts: ScriptProbe | null;
  readonly nearest: Nearest | null;
}

export interface LintResult {
  readonly provider: ProviderName | null;
  readonly hosts: readonly { name: string; file: string }[];
  /** Errors, then warnings, then remarks; of each by file, line and column; bounded. */
  readonly findings: readonly Finding[];
  /** Findings that did not fit. */
  readonly left: number;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly outages: readonly ExpectedOutage[];
  readonly source: SourceLines;
}

const FINDINGS_MAX = 1000;
/** Instances of a file that are compared with each other; the rest is read only. */
const INSTANCES_MAX = 1000;
/** Lines of a list of an instance that are judged. */
const LISTED_MAX = 1000;

export function lint(request: LintRequest): LintResult {
  const source = new SourceLines();
  const { provider, topology, keepalived, scripts, nearest } = request;
  const hosts = request.files.map((file) => hostOf(file, request, source));
  const cluster: Cluster = {
    hosts,
    routers: routersOf(hosts),
    source,
    virtualAddresses: virtualAddressesOf(hosts, topology),
    rules: provider === null ? null : ruleSet(provider),
    topology,
    keepalived,
    scripts,
    nearest,
  };
  const log = new FindingLog(source);
  const templates = new Set(hosts.filter((one) => one.template !== null).map(({ name }) => name));
  for (const rule of RULES) {
    rule.check(cluster, (remark) => {
      const isRead = remark.host === null || !templates.has(remark.host);
      if (isRead || rule.id === TEMPLATE_RULE) log.add(rule, remark);
    });
  }
  const findings = log.inOrder(source.files);
  return {
    provider,
    hosts: hosts.map(({ name, conf }) => ({ name, file: conf.file })),
    findings,
    left: log.left,
    counts: log.counts,
    outages: expectedOutages(cluster, findings),
    source,
  };
}

function hostOf(file: LintFile, { topology, nearest }: LintRequest, source: SourceLines): Host {
  source.add(file.file, file.text);
  const options = recording(file.options, source);
  const first = parseKeepalivedConf(file.text, file.file, options);
  const brace = surplusBraceOf(first);
  const whole = brace === null ? first : reread(file, brace, options);
  const conf = nearest === null ? whole : { ...whole, notices: outsideMistyped(whole, nearest) };
  source.hidePasswords(conf.statements);
  const template = templateTag(file.text, file.file);
  if (template !== null) return unread(file, template);
  const lab = topology === null ? null : labHostOf(topology, file.host, conf);
  const instances = instancesIn(conf, file.host, lab);
  return { name: file.host, conf, lab, brace, instances, template };
}

/** What a template says is not what keepalived will be told. */
function unread({ host, file }: LintFile, template: Place): Host {
  const conf = parseKeepalivedConf('', file);
  return { name: host, conf, lab: null, brace: null, instances: [], template };
}

function instancesIn(conf: KeepalivedConf, host: string, lab: LabHost | null) {
  const instances = conf.instances.slice(0, INSTANCES_MAX);
  return instances.map((config) => runningOf(bounded(config), conf, host, lab));
}

/** Without the ends of endless lists; an advert holds 255 addresses. */
function bounded(config: InstanceConfig): InstanceConfig {
  return {
    ...config,
    addresses: config.addresses.slice(0, LISTED_MAX),
    excludedAddresses: config.excludedAddresses.slice(0, LISTED_MAX),
    unicastPeers: config.unicastPeers.slice(0, LISTED_MAX),
    tracks: config.tracks.slice(0, LISTED_MAX),
  };
}

/** What is included can be shown too. */
function recording(options: ConfOptions, source: SourceLines): ConfOptions {
  const { include } = options;
  if (include === undefined) return options;
  return {
    ...options,
    include: (pattern, from) => {
      const files = include(pattern, from);
      for (const { file, text } of files) source.add(file, text);
      return files;
    },
  };
}

/** Again, with the brace taken out of whichever file has it. */
function reread({ file, text }: LintFile, { place }: SurplusBrace, options: ConfOptions) {
  const mend = (name: string, whole: string) =>
    name === place.file ? withoutBrace(whole, place) : whole;
  const { include } = options;
  if (include === undefined) return parseKeepalivedConf(mend(file, text), file, options);
  return parseKeepalivedConf(mend(file, text), file, {
    ...options,
    include: (pattern, from) =>
      include(pattern, from).map((one) => ({ ...one, text: mend(one.file, one.text) })),
  });
}

const TEMPLATE_RULE = 'template';
const NOTICE_RULE = 'bad-value';
/** Where findings stand among each other. */
const GRAVITY: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

class FindingLog {
  readonly #source: SourceLines;
  readonly #list: Finding[] = [];
  /** Places of findings that say more than that a value cannot be read. */
  readonly #said = new Set<string>();
  readonly counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  left = 0;

  constructor(source: SourceLines) {
    this.#source = source;
  }

  add(rule: Rule, remark: Remark): void {
    const { place, host, message, fix = null, related = [] } = remark;
    const severity = remark.severity ?? rule.severity;
    if (this.#list.length >= FINDINGS_MAX) {
      this.left++;
      this.counts[severity]++;
      return;
    }
    const saysMore = rule.id !== NOTICE_RULE && severity !== 'info';
    if (place !== null && saysMore) this.#said.add(keyOf(place));
    const length = place === null ? 1 : this.#source.lengthAt(place);
    this.#list.push({ rule: rule.id, severity, host, place, length, message, fix, related });
    this.counts[severity]++;
  }

  /** The gravest first; of equal ones files in the order in which they were read. */
  inOrder(files: readonly string[]): Finding[] {
    const order = new Map(files.map((file, i) => [file, i]));
    const kept = this.#list.filter((finding) => {
      const { rule, place, severity } = finding;
      const isLess = rule === NOTICE_RULE && severity !== 'error';
      const isTwice = isLess && place !== null && this.#said.has(keyOf(place));
      if (isTwice) this.counts[severity]--;
      return !isTwice;
    });
    const rank = ({ place }: Finding) => (place === null ? -1 : (order.get(place.file) ?? 0));
    return kept.sort(
      (a, b) =>
        GRAVITY[a.severity] - GRAVITY[b.severity] ||
        rank(a) - rank(b) ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
  }
}

function keyOf({ file, line, column }: { file: string; line: number; column: number }): string {
  return `${file}:${line}:${column}`;
}
