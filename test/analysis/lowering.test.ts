/** Masters that are preempted because they lowered their own priority. */
import { describe, expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, A_IP, advert, B, B_IP, held, Scene, VIP } from './scene.ts';

const FROM_B = { source: B, ip: B_IP };

/** A falls from 100 to `to` in the advert of second 5, whose frame is returned. */
function lowered(scene: Scene, to: number): number {
  scene.adverts(1, 4, { priority: 100 });
  return scene.at(5, advert({ priority: to }));
}

async function failoversOf(scene: Scene) {
  return (await scene.replay()).failovers;
}

describe('a master that lowered its priority', () => {
  test('is told from a healthy one that is preempted', async () => {
    const scene = held();
    const frame = lowered(scene, 80);
    scene.adverts(5.6, 12, { ...FROM_B, priority: 90 });
    scene.announce(5.601, B);
    const result = await scene.replay();
    expect(result.failovers).toMatchObject([
      { cause: 'preemption', lowering: { from: 100, to: 80, frame } },
    ]);
    const text = textReport(result, { width: 200, color: false, unicode: true });
    const said =
      `${A_IP} lowered its priority from 100 to 80 in frame ${frame} (a failed check, or a reload?), ` +
      `so ${B_IP} took over`;
    expect(text.split(said)).toHaveLength(3);
    expect(text).not.toContain('after a delay');
    expect(text.slice(0, text.indexOf('\n'))).toContain(`caused by ${A_IP} lowering its priority.`);
    expect(text).toContain('(preemption)');
  });

  test('step by step, by the step that made the other the higher', async () => {
    const scene = held();
    scene.adverts(1, 3, { priority: 95 });
    const frame = lowered(scene, 80);
    scene.at(6, advert({ priority: 70 }));
    scene.adverts(6.6, 12, { ...FROM_B, priority: 90 });
    scene.announce(6.601, B);
    expect(await failoversOf(scene)).toMatchObject([{ lowering: { from: 100, to: 80, frame } }]);
  });

  test('and a successor with preempt_delay, as keepalived 2.2.7 was seen to wait', async () => {
    const scene = held();
    const frame = lowered(scene, 80);
    scene.adverts(6, 10, { priority: 80 });
    scene.adverts(10.65, 16, { ...FROM_B, priority: 90 });
    scene.announce(10.651, B);
    const result = await scene.replay();
    expect(result.failovers).toMatchObject([
      { cause: 'preemption', lowering: { from: 100, to: 80, frame } },
    ]);
    const text = textReport(result, { width: 200, color: false, unicode: true });
    expect(text).toContain('took over after a delay (preempt_delay, or it was down till then).');
    expect(text.slice(0, text.indexOf('\n'))).toContain(`caused by ${A_IP} lowering its priority.`);
  });

  test('where adverts alone tell of the failover', async () => {
    const scene = new Scene();
    const frame = lowered(scene, 80);
    scene.adverts(5.6, 12, { ...FROM_B, priority: 90 });
    expect(await failoversOf(scene)).toMatchObject([{ lowering: { frame } }]);
  });
});

describe('the verdict', () => {
  /** A falls from 100 to 80 at each of these seconds, and B takes the addresses for some seconds. */
  async function verdictOf(starts: readonly number[], ips: readonly string[]): Promise<string> {
    const scene = held();
    for (const ip of ips) scene.announce(0.1, A, ip);
    for (const start of starts) {
      scene.adverts(start - 2, start - 1, { priority: 100 });
      scene.at(start, advert({ priority: 80 }));
      scene.adverts(start + 0.6, start + 3, { ...FROM_B, priority: 90 });
      for (const ip of ips) scene.announce(start + 0.61, B, ip);
      scene.adverts(start + 4, start + 7, { priority: 100 });
      for (const ip of ips) scene.announce(start + 4, A, ip);
    }
    const text = textReport(await scene.replay(), { width: 400, color: false, unicode: true });
    return text.split('\n').find((line) => line.includes('lowered its priority')) ?? '';
  }

  test('says it once, however many addresses moved by it', async () => {
    expect(await verdictOf([3], [VIP])).toMatch(/took over\.$/);
    expect(await verdictOf([3], [VIP, '192.168.0.89'])).toMatch(/took over\.$/);
  });

  test('says how often it came again', async () => {
    expect(await verdictOf([3, 13], [VIP])).toMatch(/took over; once more\.$/);
    expect(await verdictOf([3, 13, 23], [VIP])).toMatch(/took over; 2 times more\.$/);
  });
});

describe('nothing of it is said', () => {
  test('where the newcomer was the higher before', async () => {
    const scene = held();
    lowered(scene, 80);
    scene.adverts(5.6, 12, { ...FROM_B, priority: 150 });
    scene.announce(5.601, B);
    const [failover] = await failoversOf(scene);
    expect(failover).toMatchObject({ cause: 'preemption' });
    expect(failover).not.toHaveProperty('lowering');
  });

  test('where the master fell longer before than any preempt_delay', async () => {
    const scene = held();
    lowered(scene, 80);
    scene.adverts(6, 1020, { priority: 80 });
    scene.adverts(1020.5, 1026, { ...FROM_B, priority: 90 });
    scene.announce(1020.501, B);
    const [failover] = await failoversOf(scene);
    expect(failover).toMatchObject({ cause: 'preemption' });
    expect(failover).not.toHaveProperty('lowering');
  });

  test('of a crash', async () => {
    const scene = held();
    lowered(scene, 80);
    scene.adverts(8.6, 12, { ...FROM_B, priority: 90 });
    scene.announce(8.601, B);
    const [failover] = await failoversOf(scene);
    expect(failover).toMatchObject({ cause: 'crash' });
    expect(failover).not.toHaveProperty('lowering');
  });
});

test('an address that flaps by a check is not to be held by nopreempt', async () => {
  const scene = held();
  scene.adverts(1, 2, { priority: 100 });
  for (const start of [3, 11]) {
    scene.at(start, advert({ priority: 80 }));
    scene.announce(start + 0.61, B);
    scene.adverts(start + 0.6, start + 4, { ...FROM_B, priority: 90 });
    scene.announce(start + 4, A);
    scene.adverts(start + 4, start + 7, { priority: 100 });
  }
  const { findings } = await scene.replay();
  const flapping = findings.find(({ code }) => code === 'flapping');
  expect(flapping?.advice).toContain('`preempt_delay 60`');
  expect(flapping?.advice).not.toContain('nopreempt');
});
