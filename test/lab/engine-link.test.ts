/** The lab's end of the engine's thread, with threads that behave, refuse, keep silent and die. */
import { afterEach, describe, expect, test } from 'vitest';
import { EngineLink } from '../../src/lab/engine/engine-link.ts';
import type { EngineSettings } from '../../src/lab/engine/engine-requests.ts';
import { LabError } from '../../src/lab/lab-error.ts';
import { nativeBinding } from '../../src/ports/native-binding.ts';
import { topologyOf } from '../dataplane/site.ts';

let links: EngineLink[] = [];

afterEach(async () => {
  await Promise.all(links.map((link) => link.stop()));
  links = [];
});

const isBuilt = (() => {
  try {
    return nativeBinding() !== null;
  } catch {
    return false;
  }
})();

/** A thread whose program answers message `m` with `body`; there is no eventfd, so it listens. */
function programOf(body: string): URL {
  const script = `
    import { workerData } from 'node:worker_threads';
    const { inbox } = workerData;
    const reply = (m, more) => inbox.postMessage({ id: m.id, ...more });
    let rehearsal = null;
    let settings = null;
    inbox.on('message', (m) => {
      if (rehearsal === null) { rehearsal = m; return; }
      if (settings === null) {
        settings = m;
        inbox.postMessage({ wakeFd: -1, asked: new SharedArrayBuffer(4) });
        return;
      }
      if (m.request.command === 'stop') { reply(m, { reply: { done: true } }); inbox.close(); return; }
      ${body}
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}

const settings: EngineSettings = {
  ...{ topology: topologyOf('alibaba'), changes: [], devices: [], capture: null },
  ...{ events: new SharedArrayBuffer(2048), dryRun: true, busyPoll: false, base: 7, arpRate: null },
};

async function started(body: string): Promise<EngineLink> {
  const link = EngineLink.start(programOf(body));
  links.push(link);
  link.rehearse({ provider: 'alibaba', dryRun: true });
  await link.open(settings);
  return link;
}

describe.skipIf(!isBuilt)('the engine behind its link', () => {
  test('is given its settings, and each answer goes to its question', async () => {
    const link = await started(`
      const { command } = m.request;
      const { dryRun, base } = settings;
      setTimeout(() => reply(m, { reply: { command, dryRun, base } }), command === 'cut' ? 30 : 0);`);
    const cut = link.ask({ command: 'cut', ports: [1], on: true });
    const statistics = link.ask({ command: 'statistics' });
    expect(await statistics).toEqual({ command: 'statistics', dryRun: true, base: 7 });
    expect(await cut).toEqual({ command: 'cut', dryRun: true, base: 7 });
  });

  test('an error of the engine is one of who asked', async () => {
    const link = await started(`reply(m, { error: 'seed must not be 0' });`);
    await expect(link.ask({ command: 'statistics' })).rejects.toThrow('seed must not be 0');
  });

  test('silence is an error after a while, and the link still stops', async () => {
    const link = await started('');
    await expect(link.ask({ command: 'statistics' })).rejects.toThrow(
      'the engine does not answer statistics; see havip status',
    );
    await expect(link.ask({ command: 'statistics' })).rejects.toBeInstanceOf(LabError);
  }, 30_000);

  test('its death is told once, and to those who wait', async () => {
    const link = await started(`throw new Error('out of luck');`);
    const told: string[] = [];
    link.onFailure = (error) => told.push(error.message);
    const failed = link.ask({ command: 'statistics' });
    await expect(failed).rejects.toThrow('out of luck');
    await expect.poll(() => told).toEqual([expect.stringMatching(/^out of luck; nothing passes/)]);
    await expect(link.ask({ command: 'statistics' })).rejects.toThrow(
      'out of luck; nothing passes',
    );
    await link.stop();
    links = [];
  }, 30_000);
});

test('a program that never comes up is an error', async () => {
  const program = new URL('data:text/javascript,throw new Error("no addon")');
  await expect(EngineLink.start(program).open(settings)).rejects.toThrow('no addon');
  const quiet = EngineLink.start(new URL('data:text/javascript,'));
  await expect(quiet.open(settings)).rejects.toThrow('the engine ended with status 0');
  await expect(quiet.open(settings)).rejects.toThrow('the engine ended with status 0');
});
