/**
 * From the cloud's own SDK to the wire: a HaVip that Alibaba's SDK creates and associates on a
 * running lab, real keepalived that takes it, and what the API then says and forbids.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Call, CLIENTS, codeAndStatus, type MakeCall } from '../sdk/alibaba-clients.ts';
import { isInstalled } from '../sdk/sdk.ts';
import { type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import { HAVIP, pairLab } from './pair-lab.ts';

const reason = whyNoLab() ?? (isInstalled ? null : 'npm ci --prefix test/sdk --ignore-scripts');
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the API of a running lab (${reason})`);

const TIME = { timeout: 180_000 };
/** The master says again and again that it is one: it was one before it was let. */
const REFRESHING = { more: ['garp_master_refresh 1'] };

/** Two hosts with keepalived and a client, and no HaVip yet. */
function labWithoutHavip(): LabProcess {
  const lab = pairLab({ keepalived: { 'node-1': REFRESHING, 'node-2': REFRESHING } });
  const file = join(lab.folder, 'lab.yaml');
  const text = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete text.havips;
  writeFileSync(file, stringify(text));
  return lab;
}

async function refusal(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'no refusal',
    (error) => codeAndStatus(error),
  );
}

async function masterOf(call: Call): Promise<string> {
  const { HaVips } = await call('DescribeHaVips', {});
  return HaVips.HaVip[0].MasterInstanceId ?? '';
}

describe.skipIf(isSkipped)('the API of a running lab', () => {
  afterEach(removeLabs, 60_000);

  test("moves with the wire, by Alibaba's SDK", TIME, async () => {
    const lab = labWithoutHavip();
    const { api } = await lab.up('--api', '127.0.0.1:0');
    const [make] = Object.values(CLIENTS) as [MakeCall];
    const call = make(Number(new URL(api as string).port), {
      accessKeyId: 'any',
      accessKeySecret: 'any',
    });
    // Before there is a HaVip, keepalived announces what is nobody's to have.
    await lab.event('claim', ({ ip, verdict }) => ip === HAVIP && verdict === 'refused');

    const { HaVipId } = await call('CreateHaVip', { VSwitchId: 'lan', IpAddress: HAVIP });
    expect(await masterOf(call)).toBe('');
    for (const InstanceId of ['node-1', 'node-2']) {
      await call('AssociateHaVip', { HaVipId, InstanceId, InstanceType: 'EcsInstance' });
    }
    await lab.until(async () => (await masterOf(call)) === 'node-1', 'MasterInstanceId node-1');
    const ping = lab.ping('client', HAVIP);
    await ping.more(20);

    await lab.command('kill', 'node-1');
    await lab.until(async () => (await masterOf(call)) === 'node-2', 'MasterInstanceId node-2');
    await ping.more(20);
    await ping.stop();
    expect(ping.answers.length).toBeGreaterThan(39);

    const master = { HaVipId, InstanceId: 'node-2' };
    expect(await refusal(call('UnassociateHaVip', master))).toBe('400 Forbidden.UnassociateMaster');
    expect(await masterOf(call)).toBe('node-2');
    const from = lab.events.length;
    await call('UnassociateHaVip', { ...master, Force: 'True' });
    const refused = await lab.event(
      'claim',
      ({ port, verdict }) => port === 'node-2/eth0' && verdict === 'refused',
      { from },
    );
    expect(refused).toMatchObject({ ip: HAVIP, reason: 'not-member' });
    expect(await masterOf(call)).toBe('');
    expect(lab.eventsOf('claim', from).filter(({ verdict }) => verdict === 'moved')).toEqual([]);
  });
});
