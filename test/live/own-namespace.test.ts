/** A name under /run/netns may be one of the namespace in which the whole machine is. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attachEni } from '../../src/lab/attachment.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { isOwnNamespace, processesIn } from '../../src/lab/namespace.ts';
import { Netns, run, whyNoPorts } from './netns.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the machine's own namespace (${reason})`);

describe.skipIf(isSkipped)('the namespace of this machine', () => {
  const name = `havip-own-${process.pid}`;

  beforeEach(() => run('ip', 'netns', 'attach', name, String(process.pid)));
  afterEach(() => run('ip', 'netns', 'delete', name));

  test('is known for what it is, and another one is not', () => {
    const netns = new Netns();
    expect([name, netns.name, 'there-is-none'].map(isOwnNamespace)).toEqual([true, false, false]);
    netns.remove();
  });

  test('has no processes that kill and pause would reach', () => {
    expect(processesIn(name)).toEqual([]);
  });

  test('is refused to a host, before anything is made in it', async () => {
    const lab = `
provider: classic
subnets: { v: { cidr: 192.168.7.0/24 } }
instances:
  h: { enis: { own0: { subnet: v, ip: 192.168.7.2, mac: "00:16:3e:07:00:02", attach: { netns: ${name} } } } }
`;
    const attached = attachEni(parseLab(lab, 'lab.yaml', { folder: '.' }), 0);
    await expect(attached).rejects.toMatchObject({
      message: expect.stringContaining(`${name} is a name of the network namespace that this`),
      path: ['instances', 'h', 'enis', 'own0', 'attach', 'netns'],
    });
    expect(run('ip', '-br', 'link')).not.toContain('own0');
  });
});
