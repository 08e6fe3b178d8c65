/**
 * What `havip lint` says an outage will last, against outages in a lab: five configurations, the
 * master's power cut and the next one's keepalived ended, measured by the switch and by a ping.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { processesIn } from '../../src/lab/namespace.ts';
import type { ExpectedOutage } from '../../src/lint/expected-outage.ts';
import { lint } from '../../src/lint/lint.ts';
import { LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import { calmUp, HAVIP, holderIn, ipOf, macOf, takeoversSince } from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: predicted outages in a running lab (${reason})`);

/** Seconds that a busy machine may take more, beside one advert of jitter. */
const LATE = 0.5;
const PING = 0.02;

const HOSTS = ['node-1', 'node-2'] as const;
type Node = (typeof HOSTS)[number];

interface Config {
  name: string;
  priorities: readonly [number, number];
  /** Lines of both instances. */
  lines: readonly string[];
}

/** Without nopreempt, but for one, since calmUp waits until node-1 holds. */
const CONFIGS: readonly Config[] = [
  {
    name: "Alibaba's sample, mended: version 2, 100 and 10",
    priorities: [100, 10],
    lines: ['state BACKUP', 'nopreempt', 'advert_int 1'],
  },
  {
    name: 'version 2, two seconds',
    priorities: [200, 150],
    lines: ['state BACKUP', 'advert_int 2'],
  },
  {
    name: 'version 3, a tenth of a second',
    priorities: [100, 90],
    lines: ['state BACKUP', 'version 3', 'advert_int 0.1'],
  },
  {
    name: 'version 3, five adverts missed',
    priorities: [100, 50],
    lines: ['state BACKUP', 'version 3', 'advert_int 0.3', 'down_timer_adverts 5'],
  },
  {
    name: 'preempting, a fraction in version 2',
    priorities: [110, 100],
    lines: ['state BACKUP', 'advert_int 1.4'],
  },
];

function confOf({ priorities, lines }: Config, node: Node): string {
  const peer = node === 'node-1' ? 'node-2' : 'node-1';
  const own = [
    ...['interface eth0', 'virtual_router_id 77', `priority ${priorities[HOSTS.indexOf(node)]}`],
    ...[`unicast_src_ip ${ipOf(node)}`, `unicast_peer { ${ipOf(peer)} }`],
    ...['garp_master_delay 1', `virtual_ipaddress { ${HAVIP}/32 }`],
  ];
  const all = [...lines, ...own].map((line) => `  ${line}\n`).join('');
  return `global_defs {\n  router_id ${node}\n}\nvrrp_instance web {\n${all}}\n`;
}

function labText(): string {
  const instances = [...HOSTS, 'client' as const].map((host) => {
    const eth0 = { subnet: 'lan', ip: ipOf(host), mac: macOf(host), attach: { netns: host } };
    const run = host === 'client' ? {} : { run: `keepalived -n -l -D -f ${host}.conf` };
    return [host, { enis: { eth0 }, ...run }];
  });
  return stringify({
    provider: 'alibaba',
    subnets: { lan: { cidr: '10.77.0.0/24' } },
    instances: Object.fromEntries(instances),
    havips: { web: { subnet: 'lan', ip: HAVIP, bind: [...HOSTS] } },
  });
}

function predictions(config: Config): Map<string, ExpectedOutage> {
  const topology = parseLab(labText(), 'lab.yaml');
  const { outages } = lint({
    files: HOSTS.map((host) => {
      return { host, file: `${host}.conf`, text: confOf(config, host), options: {} };
    }),
    provider: topology.provider,
    topology,
    keepalived: null,
    scripts: null,
    nearest: null,
  });
  return new Map(outages.map((outage) => [outage.failing ?? '', outage]));
}

/** As an administrator ends it: it says goodbye with priority 0. */
function endKeepalived(lab: LabProcess, host: string): void {
  const [parent] = processesIn(lab.namespace(host));
  if (parent === undefined) throw new Error(`no keepalived in ${host}`);
  process.kill(parent, 'SIGTERM');
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Strikes, and gives the takeover that comes of it with the longest silence of the ping. */
async function struck(lab: LabProcess, strike: () => Promise<unknown>) {
  const ping = lab.ping('client', HAVIP, PING);
  await ping.more(20);
  const since = new Date().toISOString();
  await strike();
  await lab.until(() => takeoversSince(lab, since).length > 0, 'a takeover', 30_000);
  const answered = ping.answers.length;
  await lab.until(() => ping.answers.length > answered + 20, 'answers after it', 30_000);
  const gap = ping.longestGap(Date.parse(since) / 1000 - 1);
  await ping.stop();
  const [takeover] = takeoversSince(lab, since);
  return { takeover: takeover!, seconds: gap.seconds };
}

describe.skipIf(isSkipped)('an outage lasts what havip lint says', () => {
  afterEach(removeLabs, 60_000);

  test.each(CONFIGS)('$name', { timeout: 240_000 }, async (config) => {
    const expected = predictions(config);
    const files = HOSTS.map((host): [string, string] => [`${host}.conf`, confOf(config, host)]);
    const lab = LabProcess.ofText(labText(), Object.fromEntries(files));
    await calmUp(lab);

    const crash = expected.get('node-1')!;
    expect(crash.unless).toEqual([]);
    const { takeover, seconds } = await struck(lab, () => lab.command('kill', 'node-1'));
    expect(takeover.cause).toBe('crash');
    expect(takeover.to?.name).toBe(crash.successor);
    const jitter = crash.intervalSeconds + LATE;
    const detection = crash.crashDetectionSeconds!;
    expect(takeover.detectionSeconds).toBeGreaterThan(detection - jitter);
    expect(takeover.detectionSeconds).toBeLessThan(detection + jitter);
    // The last answer came up to one ping before the power failed.
    expect(seconds).toBeGreaterThan(crash.crashSeconds!.least - 2 * PING);
    expect(seconds).toBeLessThan(crash.crashSeconds!.most + jitter);

    await lab.command('start', 'node-1');
    await pause(detection + crash.intervalSeconds + 2);
    const holder = (await holderIn(lab))!;
    const shutdown = expected.get(holder)!;
    const after = await struck(lab, async () => endKeepalived(lab, holder));
    expect(after.takeover.cause).toBe('shutdown');
    expect(after.takeover.to?.name).toBe(shutdown.successor);
    const skew = shutdown.shutdownSeconds!;
    expect(after.takeover.detectionSeconds).toBeGreaterThan(skew - 0.05);
    expect(after.takeover.detectionSeconds).toBeLessThan(skew + jitter);
    expect(after.seconds).toBeGreaterThan(skew - 3 * PING);
    expect(after.seconds).toBeLessThan(skew + jitter);
    console.info(
      `${config.name}: crash ${detection} s predicted, ${takeover.detectionSeconds} s detected, ` +
        `${seconds.toFixed(3)} s of ping; shutdown ${skew} s predicted, ` +
        `${after.takeover.detectionSeconds} s detected, ${after.seconds.toFixed(3)} s of ping`,
    );
  });
});
