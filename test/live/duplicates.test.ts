/**
 * Whether an address is free, as hosts of a running lab find out before they use it: IPv6 by their
 * own kernels (RFC 4862, section 5.4), IPv4 by probes (RFC 5227, section 2.1.1). What is taken must
 * be found taken, whoever answers for it; what is free must be found free.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import { calmUp, HAVIP, HAVIP6, type Host, ipOf, ipv6Of, pairLab } from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: duplicate addresses in a running lab (${reason})`);

const TIME = { timeout: 120_000 };
const FREE = '10.77.0.99';
const FREE6 = 'fd00:77::99';

/** What the host's kernel finds when it is given the address. */
async function detected(lab: LabProcess, host: Host, address: string): Promise<string> {
  await lab.exec(host, 'ip', '-6', 'addr', 'add', `${address}/64`, 'dev', 'eth0');
  let line = '';
  const isOver = async (): Promise<boolean> => {
    const text = await lab.exec(
      host,
      'ip',
      '-6',
      '-o',
      'addr',
      'show',
      'dev',
      'eth0',
      'to',
      address,
    );
    line = text;
    return text !== '' && (/dadfailed/.test(text) || !/tentative/.test(text));
  };
  await lab.until(isOver, `end of the detection of ${address} by ${host}`);
  await lab.exec(host, 'ip', '-6', 'addr', 'del', `${address}/64`, 'dev', 'eth0');
  return line.includes('dadfailed') ? 'taken' : 'free';
}

/** What a host learns that probes for the address, from the address 0.0.0.0. */
async function probed(lab: LabProcess, host: Host, address: string): Promise<string> {
  const said = await lab.exec(host, 'arping', '-0', '-c', '2', '-W', '0.3', '-i', 'eth0', address);
  const answers = Number(/(\d+) packets received/.exec(said)?.[1] ?? Number.NaN);
  return answers > 0 ? 'taken' : answers === 0 ? 'free' : said;
}

describe.skipIf(isSkipped)('whether an address is free', () => {
  afterEach(removeLabs, 60_000);

  test.each(['ucloud', 'classic'])('is found out under %s', TIME, async (provider) => {
    const lab = pairLab({ provider, hasIpv6: true, more: ['rogue'] });
    await calmUp(lab);
    // Of an ordinary address, of the HaVip by one who may not have it, and of one that nobody has.
    for (const [host, address, found] of [
      ['client', FREE6, 'free'],
      ['client', ipv6Of('node-1'), 'taken'],
      ['node-2', ipv6Of('client'), 'taken'],
      ['rogue', HAVIP6, 'taken'],
    ] as const) {
      expect([host, address, await detected(lab, host, address)]).toEqual([host, address, found]);
    }
    for (const [host, address, found] of [
      ['client', FREE, 'free'],
      ['client', ipOf('node-1'), 'taken'],
      ['node-2', ipOf('client'), 'taken'],
      ['rogue', HAVIP, 'taken'],
    ] as const) {
      expect([host, address, await probed(lab, host, address)]).toEqual([host, address, found]);
    }
  });

  test('leaves a member the HaVip, although another one holds it', TIME, async () => {
    const lab = pairLab({ provider: 'ucloud', hasIpv6: true });
    await calmUp(lab);
    expect(await detected(lab, 'node-2', HAVIP6)).toBe('free');
    expect(await probed(lab, 'node-2', HAVIP)).toBe('free');
    expect(await probed(lab, 'client', HAVIP)).toBe('taken');
  });
});
