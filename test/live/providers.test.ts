/**
 * Mistakes that the manual of Alibaba Cloud warns of, made on purpose in a running lab: each does
 * what that cloud would do with it, and is told of by name. What is none on a plain LAN works.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { TakeoverEvent } from '../../src/analysis/live-events.ts';
import { type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import {
  calmUp,
  HAVIP,
  holderIn,
  ipOf,
  pairLab,
  type Settings,
  takeoversSince,
} from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: mistakes in a running lab (${reason})`);

const TIME = { timeout: 120_000 };

function bothWith(settings: Settings): LabProcess {
  return pairLab({ keepalived: { 'node-1': settings, 'node-2': settings } });
}

/** Addresses of the host's interfaces, as its kernel has them. */
function addressesOf(lab: LabProcess, host: string): Promise<string> {
  return lab.exec(host, 'ip', '-o', '-4', 'addr');
}

describe.skipIf(isSkipped)('on a plain LAN', () => {
  afterEach(removeLabs, 60_000);

  test('a virtual MAC is held by a host, which goes by its name', TIME, async () => {
    const settings: Settings = { isMulticast: true, more: ['use_vmac'] };
    const lab = pairLab({
      provider: 'classic',
      keepalived: { 'node-1': settings, 'node-2': settings },
    });
    const since = await calmUp(lab);
    const [havip] = (await lab.labStatus()).havips;
    expect(havip?.holder?.mac).toMatch(/^00:00:5e:00:01:/);
    await lab.command('kill', 'node-1');
    await lab.until(() => takeoversSince(lab, since).length > 0, 'takeover');
    const [{ from, to, cause }] = takeoversSince(lab, since) as [TakeoverEvent];
    expect([from.name, to.name, cause]).toEqual(['node-1', 'node-2', 'crash']);
    expect(await holderIn(lab)).toBe('node-2');
    await expect(lab.command('heal', 'node-1')).rejects.toThrow(
      /node-1 is dead; havip start node-1/,
    );
  });
});

describe.skipIf(isSkipped)('under the rules of alibaba', () => {
  afterEach(removeLabs, 60_000);

  test('use_vmac gets the address nowhere', TIME, async () => {
    const lab = bothWith({ more: ['use_vmac', 'vmac_xmit_base'] });
    lab.start();
    const { ip, message } = await lab.event('finding', (one) => one.code === 'vrrp-virtual-mac');
    expect(ip).toBe(HAVIP);
    expect(message).toContain('00:00:5e:00:01:4d');
    const claim = await lab.event('claim', ({ reason: why }) => why === 'virtual-mac');
    expect([claim.verdict, claim.mac]).toEqual(['refused', '00:00:5e:00:01:4d']);
    expect(await holderIn(lab)).toBeNull();
    // The master has it, and nobody reaches it there.
    await lab.until(async () => (await addressesOf(lab, 'node-1')).includes(HAVIP), 'master');
    expect(await lab.exec('client', 'ping', '-c', '3', '-i', '0.1', '-W', '1', HAVIP)).toContain(
      '100% packet loss',
    );
    expect((await lab.labStatus()).drops['no-holder']).toBeGreaterThanOrEqual(3);
  });

  test('multicast adverts reach no backup, and everybody is master', TIME, async () => {
    const lab = bothWith({ isMulticast: true });
    await lab.up();
    const { message } = await lab.event('finding', (one) => one.code === 'vrrp-multicast');
    expect(message).toContain('alibaba');
    await lab.event('finding', (one) => one.code === 'split-brain');
    for (const host of ['node-1', 'node-2']) {
      await lab.until(
        async () => (await addressesOf(lab, host)).includes(HAVIP),
        `address at ${host}`,
      );
    }
    expect((await lab.labStatus()).drops['not-carried']).toBeGreaterThan(5);
  });

  test('state MASTER makes nopreempt void', TIME, async () => {
    const lab = pairLab({
      keepalived: {
        'node-1': { state: 'MASTER', more: ['nopreempt'] },
        'node-2': { more: ['nopreempt'] },
      },
    });
    await calmUp(lab);
    expect(lab.lines.join('\n')).toContain('nopreempt will not work with initial state MASTER');
    const since = new Date().toISOString();
    await lab.command('kill', 'node-1');
    await lab.until(() => takeoversSince(lab, since).length === 1, 'takeover by node-2');
    await lab.command('start', 'node-1');
    await lab.until(() => takeoversSince(lab, since).length >= 2, 'takeover back');
    const [away, back] = takeoversSince(lab, since);
    expect([away?.to.name, away?.cause]).toEqual(['node-2', 'crash']);
    expect([back?.to.name, back?.cause]).toEqual(['node-1', 'preemption']);
  });

  test('a heartbeat from the HaVip is told of', TIME, async () => {
    const lab = pairLab({ keepalived: { 'node-1': { source: HAVIP }, 'node-2': { peer: HAVIP } } });
    await lab.up();
    // Without this node-1 cannot even start to listen there; with it, it is master with a source
    // that node-2 has, too.
    await lab.exec('node-1', 'sysctl', '-qw', 'net.ipv4.ip_nonlocal_bind=1');
    await lab.command('start', 'node-1');
    const told = await lab.event('finding', ({ code }) => code === 'heartbeat-from-havip');
    expect(told.ip).toBe(HAVIP);
    expect(told.advice).toContain(`unicast_src_ip ${ipOf('node-1')}`);
  });
});
