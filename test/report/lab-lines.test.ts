/** The events of a lab as an engineer reads them in the terminal of `havip up`. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClaimEvent, LabEvent, TakeoverEvent } from '../../src/analysis/live-events.ts';
import { callLine, commandLine, LabLines } from '../../src/report/lab-lines.ts';

const LOOK = { width: 80, color: false, unicode: true };
const TIME = '2026-11-20T22:13:20.608214000Z';
const MAC = '00:16:3e:00:00:01';

function ready(holder: string | null): string | null {
  const ports = [
    { name: 'client/eth0', mac: '00:16:3e:00:00:0a', addresses: ['192.168.0.10'] },
    { name: 'ecs-1/eth0', mac: MAC, addresses: ['192.168.0.209'] },
  ];
  const havips = [{ name: 'web', ip: '192.168.0.88', holder, members: ['ecs-1'] }];
  return new LabLines(LOOK).line({ event: 'ready', time: TIME, ports, havips });
}

describe('the line of a lab that is ready', () => {
  test('names the host that holds the HaVip', () => {
    expect(ready(MAC)).toBe('22:13:20.608  ready: 2 ports, web 192.168.0.88 → ecs-1\n');
  });

  test('gives the MAC where it is no port', () => {
    expect(ready('00:00:5e:00:01:33')).toContain('→ 00:00:5e:00:01:33');
    expect(ready(null)).toContain('web 192.168.0.88 (no holder yet)');
  });
});

const NODE1 = { mac: MAC, name: 'ecs-1', speaker: null };
const NODE2 = { mac: '00:16:3e:00:00:02', name: 'ecs-2', speaker: null };
const CLAIM: ClaimEvent = {
  ...{ event: 'claim', time: TIME, ip: '192.168.0.88', mac: MAC, name: 'ecs-1' },
  ...{ port: 'ecs-1/eth0', form: 'gratuitous-request', verdict: 'moved', reason: null },
};
const TAKEOVER: TakeoverEvent = {
  ...{ event: 'takeover', time: TIME, ip: '192.168.0.88', from: NODE1, to: NODE2 },
  ...{ cause: 'crash', detectionSeconds: 3.609, outageSeconds: 3.8, repointMicroseconds: 412.7 },
};
const ROGUE = { mac: '00:16:3e:00:00:66', name: 'rogue', port: 'rogue/eth0' };
const refused = { ...CLAIM, ...ROGUE, verdict: 'refused', reason: 'not-member' } as const;

const EVENTS: LabEvent[] = [
  { event: 'ready', time: TIME, ports: [], havips: [] },
  CLAIM,
  { ...CLAIM, verdict: 'confirmed', form: 'gratuitous-reply' },
  { ...CLAIM, mac: '00:00:5e:00:01:33', name: null },
  { ...CLAIM, ...ROGUE, verdict: 'noted', form: 'arp-request', name: null },
  refused,
  { ...refused, mac: MAC, name: 'ecs-1', reason: 'wrong-port' },
  { ...refused, mac: '00:00:5e:00:01:33', name: null, reason: 'virtual-mac' },
  { ...refused, ip: '2001:db8::88', form: 'unsolicited-na', reason: 'a-reason-of-later' },
  TAKEOVER,
  { ...TAKEOVER, cause: 'preemption', detectionSeconds: 0.004, outageSeconds: 0 },
  {
    ...TAKEOVER,
    from: { mac: '00:00:5e:00:01:33', name: null, speaker: '192.168.0.209' },
    to: { mac: '00:16:3e:00:00:66', name: null, speaker: null },
    ...{ cause: 'announcement', detectionSeconds: null, outageSeconds: null },
    repointMicroseconds: null,
  },
  {
    ...{ event: 'finding', time: TIME, code: 'claim-refused', severity: 'error', frame: 7 },
    ...{ vlan: null, ip: '192.168.0.88', message: 'rogue claimed it.', advice: 'Bind it.' },
  },
  {
    ...{ event: 'finding', time: TIME, code: 'capture-duplicates', severity: 'info', frame: null },
    ...{ vlan: null, ip: null, message: 'A name with \x1b[31m in it.', advice: 'None.' },
  },
  { event: 'drops', time: TIME, 'not-carried': 1 },
  { event: 'drops', time: TIME, 'not-carried': 12_345, 'no-holder': 2, 'source-ip': 3 },
  { event: 'port-gone', time: TIME, port: 'ecs-2/eth0' },
  { event: 'stopped', time: TIME },
];

describe('the lines of all events', () => {
  const lines = (look = {}): string[] => {
    const told = new LabLines({ ...LOOK, ...look });
    return EVENTS.map((event) => told.line(event) ?? '');
  };

  test('are those on file', () => {
    const golden = new URL('./golden/lab-lines.txt', import.meta.url);
    if (process.env.HAVIP_UPDATE_GOLDEN) fs.writeFileSync(golden, lines().join(''));
    expect(lines().join('')).toBe(fs.readFileSync(golden, 'utf8'));
  });

  test('are one line each, with the time first', () => {
    for (const line of lines()) expect(line).toMatch(/^22:13:20\.608 {2}\S.*[^ ]\n$/);
  });

  test('are the same without colours, and in ASCII where the locale is not UTF-8', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences under test
    const plain = lines({ color: true }).map((line) => line.replace(/\x1b\[[0-9;]*m/g, ''));
    expect(plain).toEqual(lines());
    expect(lines().join('')).not.toContain('\x1b');
    expect(lines({ color: true })[5]?.startsWith('\x1b[1;31m22:13')).toBe(true);
    const ascii = lines({ unicode: false }).join('').replaceAll('’', '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
    expect(ascii).toMatch(/^[\x00-\x7f]*$/);
  });
});

describe('what is dropped second after second', () => {
  const AGAIN = '22:13:20.608  dropped in the last second: ';
  /** At so many seconds, so many frames for these reasons. */
  const toldOf = (...drops: [at: number, reasons: Record<string, number>][]) => {
    const lines = new LabLines(LOOK);
    return drops.map(([at, reasons]) => {
      const time = new Date(Date.parse(TIME) + at * 1000).toISOString();
      return lines.line({ event: 'drops', time, ...reasons })?.trimEnd() ?? null;
    });
  };

  test('is told at once, and then once a minute with all that was not told', () => {
    const steady = Array.from({ length: 121 }, (_, i) => [i, { 'not-carried': 2 }] as const);
    const lines = toldOf(...steady.map(([at, reasons]): [number, typeof reasons] => [at, reasons]));
    expect(lines.filter((line) => line !== null)).toEqual([
      `${AGAIN}2 not-carried`,
      '22:14:20.608  dropped since 22:13:20: 120 not-carried',
      '22:15:20.608  dropped since 22:14:20: 120 not-carried',
    ]);
  });

  test('is told at once where a reason is new, with what waited', () => {
    expect(
      toldOf(
        [0, { 'port-cut': 5 }],
        [1, { 'port-cut': 7 }],
        [2, { 'port-cut': 1, 'no-holder': 3 }],
      ),
    ).toEqual([
      `${AGAIN}5 port-cut`,
      null,
      '22:13:22.608  dropped since 22:13:20: 8 port-cut and 3 no-holder',
    ]);
  });

  test('is news again after a minute without it', () => {
    const lines = toldOf([0, { 'port-cut': 5 }], [30, { 'no-holder': 1 }], [61, { 'port-cut': 1 }]);
    expect(lines[2]).toBe('22:14:21.608  dropped in the last second: 1 port-cut');
  });
});

describe('the line of a command from another terminal', () => {
  const rates = { loss: 0, duplication: 0, reordering: 0, delay: 0, seed: 1 };

  test.each([
    ['kill ecs-1', { command: 'kill', host: 'ecs-1' }],
    ['start ecs-1', { command: 'start', host: 'ecs-1' }],
    ['pause ecs-1', { command: 'pause', host: 'ecs-1' }],
    ['resume ecs-1', { command: 'resume', host: 'ecs-1' }],
    ['cut ecs-1/eth1', { command: 'cut', host: 'ecs-1/eth1', carrier: false }],
    ['cut ecs-1 --carrier', { command: 'cut', host: 'ecs-1', carrier: true }],
    ['heal ecs-1', { command: 'heal', host: 'ecs-1' }],
    ['bind web ecs-3', { command: 'bind', havip: 'web', member: 'ecs-3' }],
    ['unbind web ecs-3', { command: 'unbind', havip: 'web', member: 'ecs-3' }],
    ['fault ecs-2', { command: 'fault', host: 'ecs-2', ...rates }],
    ['fault ecs-2', { command: 'fault', host: 'ecs-2' }],
    [
      'fault ecs-2 --loss 29% --reorder 0.1% --delay 20ms --seed 7',
      {
        ...{ command: 'fault', host: 'ecs-2', ...rates },
        ...{ loss: 0.29, reordering: 0.001, delay: 20, seed: 7 },
      },
    ],
    ['fault ecs-2 --duplicate 100%', { command: 'fault', host: 'ecs-2', ...rates, duplication: 1 }],
  ])('%s is told as it was typed', (words, request) => {
    expect(commandLine(TIME, request, LOOK)).toBe(`22:13:20.608  ${words}\n`);
  });

  test('steers no terminal', () => {
    const line = commandLine(TIME, { command: 'cut', host: 'a\x1b[31m\n/eth0' }, LOOK);
    expect(line).toMatch(/^22:13:20\.608 {2}cut a\?\[31m.\/eth0\n$/);
  });

  test.each(['status', 'list', 'history', 'down', 'toString'])('%s changes nothing', (command) => {
    expect(commandLine(TIME, { command }, LOOK)).toBeNull();
  });
});

describe('the line of a call of the API', () => {
  const associate = { dialect: 'alibaba', call: 'AssociateHaVip', havip: 'havip-1' };

  test('names the call, the HaVip and the dialect', () => {
    expect(callLine(TIME, associate, LOOK)).toBe(
      '22:13:20.608  AssociateHaVip of havip-1 (alibaba API)\n',
    );
    const allocate = { dialect: 'alibaba', call: 'AllocateEipAddress', havip: null };
    expect(callLine(TIME, allocate, LOOK)).toBe('22:13:20.608  AllocateEipAddress (alibaba API)\n');
  });

  test('is not told of a command, which has its own', () => {
    expect(callLine(TIME, { dialect: 'cli', call: 'bind', havip: 'web' }, LOOK)).toBeNull();
  });

  test('steers no terminal', () => {
    const line = callLine(TIME, { ...associate, havip: 'a\x1b[31m' }, LOOK);
    expect(line).toBe('22:13:20.608  AssociateHaVip of a?[31m (alibaba API)\n');
  });
});
