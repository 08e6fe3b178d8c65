/** `havip status` as an engineer reads it: what a lab is doing, at any width. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LabStatus, PortStatus } from '../../src/analysis/live-events.ts';
import { statusPage } from '../../src/report/lab-status.ts';
import { displayWidth } from '../../src/report/layout.ts';

const LOOK = { width: 80, color: false, unicode: true };
const MAC1 = '00:16:3e:00:00:01';
const MAC2 = '00:16:3e:00:00:02';

function port(name: string, mac: string, more: Partial<PortStatus> = {}): PortStatus {
  return {
    ...{ name, mac, addresses: ['192.168.0.209'], state: 'up', framesIn: 0, framesOut: 0 },
    ...{ octetsIn: 0, octetsOut: 0, rateIn: 0, rateOut: 0, ...more },
  };
}

function statusOf(more: Partial<LabStatus> = {}): LabStatus {
  return {
    lab: 'alibaba',
    provider: 'alibaba',
    since: '2026-11-20T22:13:20.608214000Z',
    ports: [
      port('ecs-1/eth0', MAC1, {
        ...{ framesIn: 1_234_567, framesOut: 7, octetsIn: 98_765_432, octetsOut: 999 },
        ...{ rateIn: 100_000, rateOut: 3 },
      }),
      port('ecs-2/eth0', MAC2, { state: 'cut' }),
      port('client/eth0', '00:16:3e:00:00:0a', { state: 'paused', octetsIn: 5e9 }),
      port('rogue/eth0', '00:16:3e:00:00:66', { state: 'gone' }),
    ],
    table: [
      { ip: '192.168.0.209', vlan: null, mac: MAC1, port: 'ecs-1/eth0' },
      { ip: '2001:db8::88', vlan: 300, mac: MAC2, port: 'ecs-2/eth0' },
      { ip: '192.168.0.253', vlan: null, mac: 'ee:ff:ff:ff:ff:ff', port: null },
    ],
    havips: [
      {
        ...{ name: 'web', ip: '192.168.0.88', members: ['ecs-1', 'ecs-2'] },
        holder: { mac: MAC1, name: 'ecs-1' },
        since: '2026-11-20T22:13:21.000000001Z',
      },
      { name: 'db', ip: '192.168.0.89', holder: null, since: null, members: [] },
      {
        ...{ name: 'any', ip: '192.168.0.90', members: ['ecs-2/eth0'] },
        holder: { mac: '00:16:3e:00:00:77', name: null },
        since: null,
      },
    ],
    drops: { 'source-ip': 2, 'not-carried': 12_345 },
    lostEvents: 0,
    ...more,
  };
}

const page = (status: LabStatus, look = {}): string => statusPage(status, { ...LOOK, ...look });

describe('the page of a lab', () => {
  for (const width of [40, 80, 120]) {
    test(`is the one on file at ${width} columns`, () => {
      const golden = new URL(`./golden/lab-status-${width}.txt`, import.meta.url);
      const text = page(statusOf({ lostEvents: 1 }), { width });
      if (process.env.HAVIP_UPDATE_GOLDEN) fs.writeFileSync(golden, text);
      expect(text).toBe(fs.readFileSync(golden, 'utf8'));
    });
  }

  test('a port that is cut because its host is dead says so, and no other', () => {
    const text = statusPage(statusOf(), LOOK, ['ecs-1', 'ecs-2', 'rogue']);
    expect(text).toMatch(/^ *ecs-1\/eth0 +up /m);
    expect(text).toMatch(/^ *ecs-2\/eth0 +dead /m);
    expect(text).toMatch(/^ *rogue\/eth0 +gone /m);
    expect(statusPage(statusOf(), LOOK, ['ecs-1'])).toMatch(/^ *ecs-2\/eth0 +cut /m);
  });

  test('no line is wider than the terminal, whatever the names', () => {
    const long = '主机'.repeat(30);
    const status = statusOf({
      lab: long,
      ports: [port(`${long}/eth0`, MAC1)],
      table: [{ ip: '2001:db8:1111:2222:3333:4444:5555:6666', vlan: 4094, mac: MAC1, port: long }],
    });
    for (const width of [40, 61, 80, 120]) {
      for (const line of page(status, { width }).split('\n')) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }
    }
  });

  test('no name steers the terminal, and without colours nothing else does', () => {
    const hostile = 'x\x1b[31m\ny';
    const status = statusOf({ lab: hostile, ports: [port(hostile, MAC1)] });
    expect(page(status)).not.toContain('\x1b');
    expect(page(status)).toContain('x?[31m?y');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences under test
    expect(page(statusOf(), { color: true }).replace(/\x1b\[[0-9;]*m/g, '')).toBe(page(statusOf()));
  });

  test('a lab of nothing is a page, too', () => {
    const nothing = { ports: [], havips: [], table: [], drops: {}, provider: null };
    expect(page(statusOf(nothing)).split('\n')[0]).toBe(
      'lab alibaba, 0 of 0 HaVips held, since 2026-11-20 22:13:20 UTC',
    );
  });

  test('long lists say how many rows they hide', () => {
    const many = <T>(count: number, make: (i: number) => T): T[] =>
      Array.from({ length: count }, (_, i) => make(i));
    const text = page(
      statusOf({
        ports: many(57, (i) => port(`h${i}/eth0`, MAC1)),
        table: many(61, (i) => ({ ip: `10.0.0.${i}`, vlan: null, mac: MAC1, port: null })),
        havips: many(
          52,
          (i) => ({ ...(statusOf().havips[0] as never as object), name: `v${i}` }) as never,
        ),
      }),
    );
    for (const hidden of [7, 11, 2]) expect(text).toContain(`… ${hidden} more (--json has them)`);
  });
});
