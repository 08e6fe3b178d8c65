/**
 * `havip speak` among its peers: keepalived, and itself. A backup takes over when the master is
 * shut down and when it crashes, the master comes back, and a client's neighbor table follows by
 * the announcements alone.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { run, whyNoPorts } from './netns.ts';
import { Lan, type Plan, type Program, pause, type Router, speakOptions } from './routers.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: havip speak (${reason})`);

const TIME_MAX = 120_000;
const SECOND = 1e3;
const HIGH = 150;
const LOW = 100;
/** Hosts A and B, which are routers, and a client. */
const A = 0;
const B = 1;
const CLIENT = 2;
const ADDRESSES = [1, 2, 3].map((i) => [`10.9.0.${i}/24`, `fe80::${i}/64`, `fd09::${i}/64`]);

type Network = Omit<Plan, 'priority' | 'source' | 'peer'> & { readonly unicast?: 4 | 6 };

const V4 = ['10.9.0.88/24'];
const V6 = ['fe80::88/64', 'fd09::88/64'];
const NETWORKS: Record<string, Network> = {
  'version 2, multicast': { version: 2, interval: 1, vips: V4 },
  'version 2, unicast, with a password': {
    ...{ version: 2, interval: 1, vips: V4, unicast: 4, password: 'wordpass' },
  },
  'version 3, multicast': { version: 3, interval: 0.5, vips: ['10.9.0.88', '10.9.0.89/24'] },
  'version 3, unicast': { version: 3, interval: 0.5, vips: V4, unicast: 4 },
  'version 3, IPv6, multicast': { version: 3, interval: 0.5, vips: V6 },
  'version 3, IPv6, unicast': { version: 3, interval: 0.5, vips: V6, unicast: 6 },
};

const PAIRS: readonly (readonly [Program, Program])[] = [
  ['speak', 'keepalived'],
  ['keepalived', 'speak'],
];
const CASES = Object.entries(NETWORKS).flatMap(([name, network]) => [
  ...PAIRS.map(([master, backup]) => ({ name, network, master, backup })),
]);
/** Against itself: less is left to disagree about. */
const ALONE = ['version 2, multicast', 'version 3, IPv6, unicast'].map((name) => {
  const pair = { master: 'speak' as Program, backup: 'speak' as Program };
  return { name, network: NETWORKS[name]!, ...pair };
});

const lans: Lan[] = [];

function lan(): Lan {
  const made = new Lan(ADDRESSES);
  lans.push(made);
  return made;
}

function planOf(network: Network, host: number, priority: number): Plan {
  const { unicast, ...rest } = network;
  if (unicast === undefined) return { ...rest, priority };
  const own = (i: number) => (unicast === 4 ? `10.9.0.${i + 1}` : `fd09::${i + 1}`);
  return { ...rest, priority, source: own(host), peer: own(host === A ? B : A) };
}

/** RFC 3768 and RFC 9568 section 6.1, in milliseconds. */
function masterDown({ version, interval }: Network, priority: number): number {
  const skew = ((256 - priority) / 256) * (version === 2 ? 1 : interval);
  return (3 * interval + skew) * SECOND;
}

/** What the client has in its neighbor table, without asking anybody. */
function neighbor(net: Lan, vip: string): string {
  const [row] = JSON.parse(net.hosts[CLIENT]!.ip('-j', 'neigh', 'show', vip, 'dev', 'eth0'));
  return row?.lladdr ?? 'none';
}

/** The address is at this host: on its interface, in the client's table, and it answers. */
async function expectService(net: Lan, host: number, vips: readonly string[]): Promise<void> {
  const texts = vips.map((vip) => vip.split('/')[0]!).filter((vip) => !vip.startsWith('fe80'));
  for (const vip of texts) {
    for (let i = 0; i < 100 && neighbor(net, vip) !== net.mac(host); i++) await pause(50);
    expect(neighbor(net, vip)).toBe(net.mac(host));
    await net.hosts[CLIENT]!.start('ping', '-n', '-c', '1', '-W', '5', vip);
  }
}

/** A neighbor table learns of no address that its host never asked for. */
async function ask(net: Lan, vips: readonly string[]): Promise<void> {
  for (const vip of vips.map((one) => one.split('/')[0]!)) {
    if (vip.startsWith('fe80')) continue;
    await net.hosts[CLIENT]!.start('ping', '-n', '-c', '1', '-W', '5', vip);
  }
}

/** The state, and why, where it is one that says so. */
async function expectState(router: Router, state: string, why: string): Promise<number> {
  const at = await router.until(state);
  if (router.program === 'speak') expect(router.reason).toBe(why);
  return at;
}

async function scenario(network: Network, programs: readonly [Program, Program]): Promise<void> {
  const net = lan();
  const [high, low] = [planOf(network, A, HIGH), planOf(network, B, LOW)];
  const { vips } = network;
  const [vip = ''] = vips.map((one) => (one.includes('/') ? one : `${one}/32`));
  let master = net.start(A, programs[0], high);
  await expectState(master, 'master', 'unheard');
  const backup = net.start(B, programs[1], low);
  await expectState(backup, 'backup', 'startup');
  await ask(net, vips);
  await pause(masterDown(network, LOW) + SECOND);
  // It heard the master, and let it be.
  expect([master.state, backup.state]).toEqual(['master', 'backup']);
  expect([net.has(A, vip), net.has(B, vip)]).toEqual([true, false]);

  // The master says goodbye: its skew is all that the backup waits.
  const told = Date.now();
  await master.shutDown('SIGINT');
  const left = await expectState(backup, 'master', 'resignation');
  if (network.interval === 1) expect(left - told).toBeLessThan(3 * SECOND);
  expect(net.has(A, vip)).toBe(false);
  await expectService(net, B, vips);

  // It comes back and takes its place.
  master = net.start(A, programs[0], high);
  await expectState(master, 'master', 'preemption');
  await expectState(backup, 'backup', 'higher-priority');
  await expectService(net, A, vips);
  expect(net.has(B, vip)).toBe(false);

  // Its power fails: the backup waits masterDownInterval from the last advert.
  const failed = Date.now();
  await master.crash();
  const taken = await expectState(backup, 'master', 'silence');
  const least = masterDown(network, LOW) - network.interval * SECOND;
  expect(taken - failed).toBeGreaterThan(least - 100);
  expect(taken - failed).toBeLessThan(masterDown(network, LOW) + 10 * SECOND);
  await expectService(net, B, vips);

  // What it left behind on its interface is gone before it is heard again.
  if (programs[0] === 'speak') expect(net.has(A, vip)).toBe(true);
  master = net.start(A, programs[0], high);
  await expectState(master, 'backup', 'startup').then(() => pause(100));
  if (programs[0] === 'speak') expect(net.has(A, vip)).toBe(false);
  net.heal(A);
  await expectState(backup, 'backup', 'higher-priority');
  await expectService(net, A, vips);
}

describe.skipIf(isSkipped).concurrent('havip speak', { timeout: TIME_MAX }, () => {
  afterAll(async () => {
    for (const one of lans) await one.clear();
  });

  test.each(CASES)('$master is relieved by $backup: $name', async (one) => {
    await scenario(one.network, [one.master, one.backup]);
  });

  test('lets a lower master be with --nopreempt, as keepalived does', async () => {
    const network = { ...NETWORKS['version 3, multicast']!, nopreempt: true };
    for (const programs of PAIRS) {
      const net = lan();
      const master = net.start(B, programs[0], planOf(network, B, LOW));
      await master.until('master');
      const late = net.start(A, programs[1], planOf(network, A, HIGH));
      await late.until('backup');
      await pause(masterDown(network, HIGH) + SECOND);
      expect([master.state, late.state]).toEqual(['master', 'backup']);
      await master.shutDown();
      await expectState(late, 'master', 'resignation');
    }
  });

  test('waits --preempt-delay before it takes the place of a lower master', async () => {
    const net = lan();
    const network = NETWORKS['version 3, multicast']!;
    await net.start(B, 'keepalived', planOf(network, B, LOW)).until('master');
    const options = speakOptions(planOf(network, A, HIGH));
    const late = net.speak(A, '--json', ...options, '--preempt-delay', '4');
    const heard = await late.until('backup');
    expect((await expectState(late, 'master', 'preemption')) - heard).toBeGreaterThan(3900);
  });

  test('does not heed one that has another password, and says so', async () => {
    const net = lan();
    const network = NETWORKS['version 2, unicast, with a password']!;
    const stranger = { ...planOf(network, A, HIGH), password: 'other' };
    const master = net.start(A, 'keepalived', stranger);
    const other = net.start(B, 'speak', planOf(network, B, LOW));
    await master.until('master');
    await other.until('master');
    await pause(3 * SECOND);
    const refused = other.events.filter(({ event }) => event === 'refused');
    // Once as a backup, once as a master.
    expect(refused.length).toBeLessThanOrEqual(2);
    expect(refused[0]).toMatchObject({ source: '10.9.0.1', reason: 'authentication' });
    expect(other.lines.join()).not.toContain('wordpass');
  });

  test('does not take over because it slept itself', async () => {
    const net = lan();
    const network = NETWORKS['version 3, multicast']!;
    await net.start(A, 'keepalived', planOf(network, A, HIGH)).until('master');
    const sleeper = net.start(B, 'speak', planOf(network, B, LOW));
    await sleeper.until('backup');
    await pause(SECOND);
    sleeper.signal('SIGSTOP');
    await pause(masterDown(network, LOW) + 2 * SECOND);
    sleeper.signal('SIGCONT');
    await pause(2 * SECOND);
    expect(sleeper.lines.filter((line) => line.includes('"to":"master"'))).toEqual([]);
  });

  test('steps down while its link is down, and begins anew after', async () => {
    const net = lan();
    const router = net.start(A, 'speak', planOf(NETWORKS['version 3, multicast']!, A, HIGH));
    await router.until('master');
    net.hosts[A]!.ip('link', 'set', 'eth0', 'down');
    await expectState(router, 'initialize', 'interface-down');
    net.hosts[A]!.ip('link', 'set', 'eth0', 'up');
    await expectState(router, 'master', 'unheard');
    for (let i = 0; i < 100 && !net.has(A, '10.9.0.89/24'); i++) await pause(50);
    expect(net.has(A, '10.9.0.89/24')).toBe(true);
    expect(await router.shutDown()).toBe(0);
    expect(net.has(A, '10.9.0.89/24')).toBe(false);
    expect(router.events.at(-1)?.event).toBe('stopped');
  });

  test('leaves no program behind where it is killed, nor one where its interface goes', async () => {
    const net = lan();
    const plan = planOf(NETWORKS['version 3, multicast']!, A, HIGH);
    const killed = net.start(A, 'speak', plan);
    await killed.until('backup');
    killed.signal('SIGKILL');
    await killed.end();
    const pids = () => run('ip', 'netns', 'pids', net.hosts[A]!.name).trim();
    for (let i = 0; i < 200 && pids() !== ''; i++) await pause(25);
    expect(pids()).toBe('');
    const bereft = net.start(A, 'speak', plan);
    await bereft.until('master');
    net.hosts[A]!.ip('link', 'del', 'eth0');
    expect(await bereft.end()).toBe(2);
    expect(pids()).toBe('');
  });

  test.each([
    [['--interface', 'none0'], /no interface "none0" here; ip link shows/],
    [['--interface', 'lo', '--vip', '10.9.0.88'], /^havip speak: lo has no MAC address; .*/],
    [['--interface', 'eth0', '--vip', 'fd09::88'], /no IPv6 address/],
    [['--unicast-src', '10.9.0.77', '--interface', 'eth0'], /no address of eth0; its addr.*10.9/],
  ])('says in one line what is wrong: %s', async (words, message) => {
    const net = lan();
    net.hosts[A]!.ip('-6', 'addr', 'flush', 'dev', 'eth0');
    const vip = words.includes('--vip') ? [] : ['--vip', '10.9.0.88'];
    const router = net.speak(A, '--vrid', '51', ...words, ...vip);
    expect(await router.end()).toBe(2);
    expect(router.lines).toHaveLength(1);
    expect(router.lines[0]).toMatch(message);
  });

  test.each(ALONE)('is relieved by itself: $name', async (one) => {
    await scenario(one.network, [one.master, one.backup]);
  });
});
