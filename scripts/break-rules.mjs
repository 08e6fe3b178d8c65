// Do the tests notice when a rule is broken? Breaks the rules below one by one in a copy of the
// tree, runs the tests that ought to notice there, and prints a table. Exits 1 where a broken rule
// turns no test red, where the text to be broken is not found exactly once, and where the tests
// are red before anything is broken. Run: node scripts/break-rules.mjs [NAME...]

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const COPIED = ['src', 'test', 'pcaps', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const AT_ONCE = 2;
const CLAIMS = ['test/dataplane', 'test/properties/claims.test.ts'];
const RUNS = ['test/properties/frame-run.test.ts'];

/** Each: what is broken, where, the text there and what it becomes, and who should notice. */
const RULES = [
  {
    name: 'a host that is not bound may claim a HaVip',
    file: 'src/dataplane/claim-guard.ts',
    find: 'if (kind === policy.POLICY_HAVIP) return reason.NOT_MEMBER;',
    put: 'if (kind === policy.POLICY_HAVIP) return reason.ALLOWED;',
    tests: CLAIMS,
  },
  {
    name: 'a refused frame is learned from',
    file: 'src/dataplane/switch.ts',
    find: 'if (!this.dryRun || refused === reason.RATE_LIMITED) return this.drop(refused);',
    put: `if (!this.dryRun || refused === reason.RATE_LIMITED) {
          this.learn(port);
          return this.drop(refused);
        }`,
    tests: CLAIMS,
  },
  {
    name: 'a claim that should be noted moves the address',
    file: 'src/dataplane/neighbor-table.ts',
    find: 'if (hasHolder && !isAnnouncement(claim.form, claim.override)) return CLAIM_NOTED;',
    put: 'if (hasHolder && claim.form < 0) return CLAIM_NOTED;',
    tests: CLAIMS,
  },
  {
    name: 'priority 0 ends no run of adverts',
    file: 'src/vrrp/observer.ts',
    find: 'run.resigned = now;',
    put: 'run.resigned = Number.NaN;',
    tests: ['test/vrrp'],
  },
  {
    name: 'a probe counts as a claim',
    file: 'src/arp/claim.ts',
    find: 'if (address === 0 || address === 0xffffffff) return false;',
    put: 'if (address === 0xffffffff) return false;',
    tests: [...CLAIMS, 'test/arp'],
  },
  {
    name: 'an advertisement with O = 0 moves the address',
    file: 'src/arp/claim.ts',
    find: '(form === FORM_UNSOLICITED_NA && override)',
    put: '(form === FORM_UNSOLICITED_NA && override !== null)',
    tests: CLAIMS,
  },
  {
    name: 'a forged Ethernet source passes',
    file: 'src/dataplane/claim-guard.ts',
    find: 'if (hasSource && !isSameMac(claim)) return reason.SENDER_MAC_MISMATCH;',
    put: '',
    tests: CLAIMS,
  },
  {
    name: 'a virtual MAC is refused as any other host',
    file: 'src/dataplane/claim-guard.ts',
    find: 'return reason.VIRTUAL_MAC;',
    put: 'return reason.NOT_MEMBER;',
    tests: CLAIMS,
  },
  {
    name: "an ENI's address may be taken by another",
    file: 'src/dataplane/claim-guard.ts',
    find: 'if (kind === policy.POLICY_ORDINARY) return reason.ORDINARY_ADDRESS;',
    put: 'if (kind === policy.POLICY_ORDINARY) return reason.ALLOWED;',
    tests: CLAIMS,
  },
  {
    name: 'an ENI of another subnet may claim',
    file: 'src/dataplane/claim-guard.ts',
    find: 'if (eni >= 0 && this.inAnotherSubnet(id, eni)) return reason.WRONG_SUBNET;',
    put: '',
    tests: CLAIMS,
  },
  {
    name: 'a spoofed source passes a live switch',
    file: 'src/dataplane/switch.ts',
    find: 'if (spoofed !== reason.ALLOWED && this.isRefused(spoofed, view)) {',
    put: 'if (spoofed < 0 && this.isRefused(spoofed, view)) {',
    tests: CLAIMS,
  },
  {
    name: 'a spoofed source hides evidence from a replay',
    file: 'src/dataplane/switch.ts',
    find: 'return !this.observes && !this.dryRun;',
    put: 'return !this.dryRun;',
    tests: CLAIMS,
  },
  {
    name: 'any ENI of its subnet may claim a HaVip that it is not associated with',
    file: 'src/havip/rule-set.ts',
    find: "rules.membership === 'subnet' && havip.checkAssociate ? 'bound' : rules.membership",
    put: 'rules.membership',
    tests: ['test/havip', ...CLAIMS],
  },
  {
    name: 'a frame goes back to where it came from',
    file: 'src/dataplane/forwarding.ts',
    find: 'if (egress === ingress) return dropped(reason.HAIRPIN);',
    put: '',
    tests: CLAIMS,
  },
  {
    name: 'a dry run of the guard refuses',
    file: 'src/dataplane/switch.ts',
    find: 'if (!this.dryRun || refused === reason.RATE_LIMITED) return this.drop(refused);',
    put: 'return this.drop(refused);',
    tests: CLAIMS,
  },
  {
    name: 'the switch answers the probe of a member for its HaVip',
    file: 'src/dataplane/questions.ts',
    find: 'return policy === POLICY_HAVIP && book.hasMember(',
    put: 'return policy === POLICY_GATEWAY && book.hasMember(',
    tests: CLAIMS,
  },
  {
    name: 'a frame for another address goes where the one before it went',
    file: 'src/dataplane/frame-run.ts',
    find: 'view.getInt32(at + DESTINATION) === this.destination &&',
    put: '',
    tests: RUNS,
  },
  {
    name: 'a connection that is opened in the middle of a run is not told of',
    file: 'src/dataplane/frame-run.ts',
    find: 'if (!isLike || isTold(view, at, this.length)) return NO_RUN;',
    put: 'if (!isLike) return NO_RUN;',
    tests: RUNS,
  },
];

const require = createRequire(import.meta.url);
const manifest = require.resolve('vitest/package.json');
const vitest = join(dirname(manifest), require(manifest).bin.vitest);
const names = process.argv.slice(2);
const chosen = RULES.filter(({ name }) => names.length === 0 || names.includes(name));

// What cannot be broken is said before the first minute is spent.
for (const rule of chosen) partsOf(ROOT, rule);
const every = [...new Set(chosen.flatMap(({ tests }) => tests))];
const healthy = await inCopy(null, every);
if (healthy.failed.length > 0 || healthy.passed === 0) {
  console.error(`red before anything is broken: ${healthy.failed[0] ?? healthy.output}`);
  process.exit(1);
}
console.log(`${healthy.passed} tests pass while all rules hold`);

const waiting = [...chosen];
let survived = 0;
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(`${chosen.length - survived} of ${chosen.length} broken rules were noticed`);
process.exitCode = survived === 0 && chosen.length > 0 ? 0 : 1;

async function work() {
  for (let rule = waiting.shift(); rule !== undefined; rule = waiting.shift()) {
    const { passed, failed, output } = await inCopy(rule, rule.tests);
    const ran = passed + failed.length > 0;
    if (failed.length === 0) survived++;
    const told = `${failed.length} red, such as "${failed[0]}"`;
    const result = failed.length > 0 ? told : ran ? 'NOT NOTICED' : `NO TEST RAN\n${output}`;
    console.log(`${rule.name}: ${result}`);
  }
}

/** Runs tests in a copy of the tree in which a rule is broken; null breaks nothing. */
async function inCopy(rule, tests) {
  const folder = mkdtempSync(join(tmpdir(), 'havip-rules-'));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    if (rule !== null) breakRule(folder, rule);
    return await run(folder, tests);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function breakRule(folder, rule) {
  writeFileSync(join(folder, rule.file), partsOf(folder, rule).join(rule.put));
}

/** What stands before and behind the text that is to be broken. */
function partsOf(folder, { name, file, find }) {
  const parts = readFileSync(join(folder, file), 'utf8').split(find);
  if (parts.length === 2) return parts;
  throw new Error(`${name}: ${parts.length - 1} times in ${file}, not once: ${find}`);
}

function run(folder, tests) {
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=json', `--outputFile=${report}`];
  const env = { ...process.env, HAVIP_PROPERTY_RUNS: '300' };
  const args = [vitest, 'run', ...reporters, ...tests];
  const child = spawn(process.execPath, args, { cwd: folder, env });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.on('close', () => resolve(readReport(report, output)));
  });
}

function readReport(report, output) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = all.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    return { passed: numPassedTests, failed, output };
  } catch {
    return { passed: 0, failed: [], output };
  }
}
