/**
 * The second source for the rules of `havip lint`: `keepalived -t` is shown the configurations of
 * every case and of the manuals, in a namespace that has the interfaces and a /run of its own, and
 * must find fault with the same files for the same reasons. What it does not judge, and where it
 * judges otherwise, stands below and in docs/lint.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CASES, texts, type Variant } from '../lint/cases.ts';
import { judge } from '../lint/judge.ts';
import { Netns, whyNoPorts } from './netns.ts';

const KEEPALIVED = spawnSync('keepalived', ['--version'], { encoding: 'utf8' });
const IS_ASKED =
  whyNoPorts() === null &&
  KEEPALIVED.status === 0 &&
  KEEPALIVED.stderr.includes('Keepalived v2.2.7');
const FIXTURES = join(import.meta.dirname, '../lint/fixtures');

/**
 * What keepalived prints, by the rule that says the same. Null: what it says beside another line,
 * or of something harmless (two of the manuals print a track_interface that it ignores).
 */
const MESSAGES: readonly [RegExp, string | null][] = [
  [/Ignoring track_interface .* since own interface/, null],
  [/outside range \[1, 255\]|VRID '.*' not valid|routerid name missing/, null],
  [/Unable to set default user/, null],
  [/Extra '\}' found|Unknown keyword '\}'/, 'surplus-brace'],
  [/Unknown keyword/, 'unknown-keyword'],
  [/missing '\}'s or extra '\{'s/, 'missing-brace'],
  [/Unexpected '\{'/, 'unexpected-block'],
  [/outside range \[0.000001|vrrp_g.*_interval '0' is invalid/, 'bad-value'],
  [/Unmatched quote|Unterminated quote/, 'unclosed-quote'],
  [/Config files missing/, 'include-missing'],
  [/Too many open files/, 'include-cycle'],
  [/already defined/, 'duplicate-name'],
  [/virtual router id must be set/, 'vrid-missing'],
  [/both use VRID|duplicate VRID conflict/, 'vrid-twice'],
  [/Unknown interface!/, 'interface-missing'],
  [/No VIP specified/, 'address-missing'],
  [/address family must match VRRP instance/, 'family-mixed'],
  [/nopreempt (will not work with initial state MASTER|is incompatible)/, 'nopreempt-cleared'],
  [/preempt.delay (is incompatible|will not work)/, 'preempt-delay-cleared'],
  [/Priority not valid/, 'priority-invalid'],
  [/without any unicast peers/, 'unicast-without-peers'],
  [/Cannot use unicast_ttl/, 'unicast-ttl-unused'],
  [/VRRPv2 advertisement interval/, 'interval-fraction'],
  [/VRRPv3 advertisement interval/, 'interval-range'],
  [/Truncating auth_pass/, 'auth-too-long'],
  [/version 3 does not support authentication/, 'auth-version-3'],
  [/no password given/, 'auth-without-password'],
  [/incompatible with AH/, 'auth-ah-master'],
  [/Strict mode does not support authentication/, 'strict-authentication'],
  [/strict mode requires|State MASTER must match/i, 'strict-clears'],
  [/only valid with a vmac/, 'vmac-xmit-base-alone'],
  [/requires vmac_xmit_base/, 'vmac-unicast'],
  [/Sync group .* has (only 1|no) virtual/, 'sync-group-members'],
  [/track (script|file|process) .* not found, ignoring/, 'track-unknown'],
  [/interface .* doesn't exist|Non-existent interface/, 'interface-not-in-lab'],
  [/Disabling track script/, 'script-missing'],
  [/No script set/, 'script-empty'],
  [/script_security not enabled/, 'script-security-off'],
];

/** Where the two differ, and why: docs/lint.md tells it to users. */
const DIFFERENCES: readonly { of: RegExp; ours?: string[]; theirs?: string[] }[] = [
  // One brace is the mistake; keepalived goes on to what it left outside.
  {
    of: /^(surplus-brace|the fixture tencent-as-printed)$/,
    theirs: ['unknown-keyword', 'unexpected-block', 'address-missing'],
  },
  // keepalived takes the } of the block for that of the block around it.
  { of: /^unexpected-block$/, theirs: ['unknown-keyword', 'surplus-brace', 'address-missing'] },
  // Of a password that a comment cuts keepalived says nothing.
  { of: /^auth-too-long$/, ours: ['auth-too-long'] },
  // A template is one mistake.
  {
    of: /^template$/,
    theirs: ['unexpected-block', 'unknown-keyword', 'surplus-brace', 'address-missing'],
  },
  // keepalived passes over a track_interface without a block in silence.
  // Of instances outside of a group it calls each unknown, and then the group empty.
  {
    of: /^missing-block$/,
    ours: ['missing-block'],
    theirs: ['unknown-keyword', 'sync-group-members'],
  },
  // With script security and no user it removes the script, and then misses it.
  { of: /^script-user-missing$/, theirs: ['track-unknown'] },
  // -t looks at the scripts of vrrp_script alone, not at those of notify.
  { of: /^(script-|the fixture alibaba$)/, ours: ['script-missing', 'script-security-off'] },
];

let folder = '';
let namespace: Netns | null = null;
let printed = new Map<string, string>();

interface Asked {
  name: string;
  variant: Variant;
  files: string[];
}

const asked: Asked[] = [
  ...CASES.flatMap(({ rule, trigger, near }) => [
    { name: `${rule}`, variant: trigger, files: texts(trigger) },
    { name: `${rule}, near miss`, variant: near, files: texts(near) },
  ]),
  ...readdirSync(FIXTURES).map((name) => ({
    name: `the fixture ${name}`,
    variant: { scripts: { '/etc/keepalived/check_haproxy.sh': null } },
    files: ['node1', 'node2'].map((node) =>
      readFileSync(join(FIXTURES, name, `${node}.conf`), 'utf8'),
    ),
  })),
];

/** All files at once: one namespace, one /run that nobody else sees. */
beforeAll(() => {
  if (!IS_ASKED) return;
  folder = mkdtempSync(join(tmpdir(), `havip-lint-${process.pid}-`));
  namespace = new Netns('lint');
  for (const device of ['eth0', 'eth1', 'ens5']) {
    namespace.ip('link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}x`);
    namespace.address(device);
  }
  namespace.ip('addr', 'add', '192.168.0.209/24', 'dev', 'eth0');
  const files = [...new Set(asked.flatMap(({ files: texts_ }) => texts_))];
  files.forEach((text, i) => {
    writeFileSync(join(folder, `${i}.conf`), text);
  });
  for (const { variant } of asked) {
    for (const [name, text] of Object.entries(variant.included ?? {})) {
      writeFileSync(join(folder, name), text);
    }
  }
  // Without a limit of its own a cycle of includes opens as many files as the machine allows.
  const script = `ulimit -n 256 && mount --make-rprivate / && mount -t tmpfs none /run && cd ${folder} &&
    for f in *.conf; do timeout 20 keepalived -t -f $PWD/$f > $f.said 2>&1; done; true`;
  execFileSync('ip', ['netns', 'exec', namespace.name, 'unshare', '-m', 'sh', '-c', script]);
  printed = new Map(
    files.map((text, i) => [text, readFileSync(join(folder, `${i}.conf.said`), 'utf8')]),
  );
}, 300_000);

afterAll(() => {
  namespace?.remove();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** The rules that keepalived's lines stand for. */
function theirs(text: string): string[] {
  const lines = (printed.get(text) ?? '').split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const known = MESSAGES.find(([pattern]) => pattern.test(line));
    if (known === undefined) return [`not known: ${line}`];
    return known[1] ?? [];
  });
}

const JUDGED = new Set(MESSAGES.map(([, rule]) => rule));

function ours({ variant, files }: Asked, i: number): string[] {
  const { findings } = judge(variant, files);
  const included = Object.keys(variant.included ?? {});
  const own = findings.filter(({ place, host }) => {
    const isIncluded = included.includes(place?.file ?? '') && host === `ecs-${i + 1}`;
    return isIncluded || place?.file === `ecs-${i + 1}.conf`;
  });
  return own.map(({ rule }) => rule).filter((rule) => JUDGED.has(rule));
}

function without(list: readonly string[], others: readonly string[]): string[] {
  return [...new Set(list)].filter((one) => !others.includes(one)).sort();
}

describe.skipIf(!IS_ASKED)('keepalived -t and havip lint agree', () => {
  test('keepalived finds fault with most of what is asked', () => {
    const found = [...printed.keys()].flatMap(theirs);
    expect(new Set(found).size).toBeGreaterThan(30);
  });

  test.each(asked)('on $name', (one) => {
    const known = DIFFERENCES.filter(({ of }) => of.test(one.name));
    one.files.forEach((text, i) => {
      const [mine, other] = [ours(one, i), theirs(text)];
      const mineAlone = without(mine, [...other, ...known.flatMap(({ ours: list }) => list ?? [])]);
      const more = known.flatMap(({ theirs: list }) => list ?? []);
      expect({ i, mineAlone, otherAlone: without(other, [...mine, ...more]) }).toEqual({
        i,
        mineAlone: [],
        otherAlone: [],
      });
    });
  });
});
