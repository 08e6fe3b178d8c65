/** A master resigns, and nobody takes over: who is said to hold the address then. */
import { describe, expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, A_IP, advert, B, B_IP, echo, Scene, VIP, VMAC } from './scene.ts';

const RESIGNED = `${A_IP} (${A}) resigned in frame 7 and nobody took over`;

/** A is master to second 4 and resigns. */
async function resigned(end: number, successor = false): Promise<string> {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 4, { priority: 100 });
  scene.at(4.5, advert({ priority: 0 }));
  if (successor) {
    scene.adverts(5, end, { priority: 50, source: B, ip: B_IP });
    scene.announce(5.001, B);
  } else {
    scene.announce(end, B, '192.168.0.12');
  }
  const result = await scene.replay();
  return textReport(result, { width: 400, color: false, unicode: true });
}

describe('an address whose master resigned', () => {
  test('is held by nobody any more', async () => {
    const text = await resigned(12);
    expect(text.split('\n')[0]).toBe(`No failover of ${VIP}, but ${RESIGNED}.`);
    expect(text).toContain(`after that: ${RESIGNED}`);
  });

  test.each([
    ['while a successor may still come', 6, false],
    ['where one came', 12, true],
  ])('is not said to be vacant %s', async (_, end, successor) => {
    expect(await resigned(end, successor)).not.toContain('nobody took over');
  });
});

/** A is master to second 4, by that MAC, answers pings to 4.45 and resigns. */
function stopped(source = A): Scene {
  const scene = new Scene();
  scene.announce(0, source);
  scene.adverts(0, 4, { priority: 100, source });
  for (let i = 0; i < 41; i++) scene.ping(0.45 + i / 10, { sequence: i });
  scene.at(4.5, advert({ priority: 0, source }));
  return scene;
}

test.each([
  ['a master', A],
  ['a master that has the virtual MAC', VMAC],
])('an outage that goes on after %s resigned has that for its cause', async (_, source) => {
  const scene = stopped(source);
  for (let i = 41; i < 100; i++) scene.at(0.6 + i / 10, echo(true, { sequence: i }));
  const result = await scene.replay();
  const text = textReport(result, { width: 400, color: false, unicode: true });
  expect(text.split('\n')[0]).toMatch(
    /, since 192\.168\.0\.11 .* resigned in frame \d+ and nobody/,
  );
  expect(text).toMatch(/At the end .* resigned in frame \d+ and nobody took over\./);
  expect(text).toMatch(/ {2}from t 4\.45\d: 192\.168\.0\.11 .* resigned in frame \d+ and nobody/);
});

test.each([
  [
    'has it for its cause',
    false,
    /outage 4\.\d+ s, since .* resigned in frame \d+ and nobody took/,
  ],
  ['has none where another was master', true, /outage 4\.\d+ s, of unknown cause/],
])('an outage from a resignation to the return of the same master %s', async (_, other, headline) => {
  const scene = stopped();
  for (let i = 41; i < 85; i++) {
    const at = 0.45 + i / 10;
    scene.at(at, echo(true, { sequence: i }));
    if (other && i % 10 === 5) scene.at(at, advert({ priority: 50, source: B, ip: B_IP }));
  }
  scene.at(8.95, advert({ priority: 100 }));
  scene.announce(8.951, A);
  for (let i = 85; i < 120; i++) scene.ping(0.5 + i / 10, { sequence: i });
  const text = textReport(await scene.replay(), { width: 400, color: false, unicode: true });
  expect(text.split('\n')[0]).toMatch(headline);
});

test('an outage that began long before the resignation is not laid to it', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  for (let i = 0; i < 300; i++) {
    if (i % 10 === 0) scene.at(i / 10, advert({ priority: 100 }));
    scene.at(i / 10 + 0.05, echo(true, { sequence: i }));
    if (i < 40) scene.at(i / 10 + 0.051, echo(false, { sequence: i }));
  }
  scene.at(30.2, advert({ priority: 0 }));
  for (let i = 303; i < 400; i++) scene.at(i / 10, echo(true, { sequence: i }));
  const text = textReport(await scene.replay(), { width: 400, color: false, unicode: true });
  expect(text.split('\n')[0]).toContain('of unknown cause');
});

test('an address that somebody goes on answering for is not vacant', async () => {
  const scene = stopped();
  for (let i = 46; i < 50; i++) scene.at(i / 10, echo(true, { sequence: i }));
  for (let i = 50; i < 150; i++) scene.ping(i / 10, { sequence: i, server: B });
  const text = textReport(await scene.replay(), { width: 400, color: false, unicode: true });
  expect(text).not.toContain('nobody took over');
  expect(text.split('\n')[0]).toContain('of unknown cause');
});

test('of two with the virtual MAC the one that resigned last is named', async () => {
  const scene = new Scene();
  scene.announce(0, VMAC);
  scene.adverts(0, 3, { priority: 150, source: VMAC });
  scene.at(3.5, advert({ priority: 0, source: VMAC }));
  scene.adverts(4, 8, { priority: 100, source: VMAC, ip: B_IP });
  scene.announce(4.001, VMAC);
  scene.at(8.5, advert({ priority: 0, source: VMAC, ip: B_IP }));
  scene.announce(14, B, '192.168.0.12');
  const text = textReport(await scene.replay(), { width: 400, color: false, unicode: true });
  expect(text).toContain(`after that: ${B_IP} (${VMAC}) resigned in frame`);
});
