/** The events of a lab as an engineer reads them in the terminal of `havip up`. */
import { describe, expect, test } from 'vitest';
import { labLine } from '../../src/report/lab-lines.ts';

const LOOK = { width: 80, color: false, unicode: true };
const TIME = '2026-11-20T22:13:20.608214000Z';
const MAC = '00:16:3e:00:00:01';

function ready(holder: string | null): string {
  const ports = [
    { name: 'client/eth0', mac: '00:16:3e:00:00:0a', addresses: ['192.168.0.10'] },
    { name: 'ecs-1/eth0', mac: MAC, addresses: ['192.168.0.209'] },
  ];
  const havips = [{ name: 'web', ip: '192.168.0.88', holder, members: ['ecs-1'] }];
  return labLine({ event: 'ready', time: TIME, ports, havips }, LOOK);
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
