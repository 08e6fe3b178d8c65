/** Two masters at once, and two routers that share a number. */
import { describe, expect, test } from 'vitest';
import { Replay } from '../../../src/analysis/replay.ts';
import { mergeCaptures, openCapture } from '../../../src/capture/index.ts';
import { PCAPS } from '../../truth/scenario.ts';
import { A, A_IP, B, B_IP, C, Scene, VIP } from '../scene.ts';
import { Concert, codesOf, craft, master, NODE_A, NODE_B, routerFindings } from './craft.ts';

const OTHER = '192.168.0.99';

describe('split-brain', () => {
  test('two masters that do not hear each other, and for how long', async () => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_A);
    const frame = scene.frames + 1;
    for (let second = 5; second <= 10; second++) {
      scene.at(second, craft(NODE_B));
      scene.announce(second + 0.1, B);
      scene.at(second + 0.4, craft(NODE_A));
    }
    const [finding, ...rest] = routerFindings(await scene.replay());
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ code: 'split-brain', severity: 'error', frame, ip: VIP, t: 5 });
    expect(finding?.message).toContain(`${A_IP} and ${B_IP} were both master of VRID 51`);
    expect(finding?.message).toContain('for 5.4 s at least');
    expect(finding?.advice).toContain(`unicast_peer { ${B_IP} }`);
  });

  test('who was deaf is told by the priorities of that time', async () => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_A);
    for (let second = 5; second <= 10; second++) {
      scene.at(second, craft(NODE_B));
      scene.at(second + 0.4, craft(NODE_A));
    }
    // A lowers its own far below B's much later.
    for (let second = 11; second <= 14; second++)
      scene.at(second, craft({ ...NODE_A, priority: 1 }));
    const [finding] = routerFindings(await scene.replay());
    expect(finding?.message).toContain(`${B_IP} got none of the adverts of ${A_IP}`);
  });

  test('none where a higher master preempts and the old one sends once more', async () => {
    const scene = new Concert();
    master(scene, 0, 6, NODE_B);
    master(scene, 5.9, 12, NODE_A);
    expect(codesOf(await scene.scene().replay())).toEqual([]);
  });

  test('none where a higher master preempts, is stopped at once, and the old one is back', async () => {
    const scene = new Scene();
    master(scene, 0, 4, NODE_B);
    master(scene, 4.6, 4.6, NODE_A);
    scene.at(5, craft({ ...NODE_A, priority: 0 }));
    master(scene, 5.6, 9.6, NODE_B);
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('none where masters of two VLANs have one address', async () => {
    const scene = new Scene();
    for (let second = 0; second < 6; second++) {
      scene.at(second, craft({ ...NODE_A, tags: [7] }));
      scene.at(second + 0.5, craft({ ...NODE_B, tags: [8] }));
    }
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('a warning where one took over for a moment while the other never stopped', async () => {
    const scene = new Scene();
    master(scene, 0, 3, NODE_A);
    const frame = master(scene, 4.1, 4.1, NODE_B);
    for (let second = 4.2; second < 9; second++) scene.at(second, craft(NODE_A));
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'split-brain', severity: 'warning', frame }]);
  });

  test('no warning where the other only sent an advert', async () => {
    const scene = new Scene();
    master(scene, 0, 3, NODE_A);
    scene.at(4.1, craft(NODE_B));
    for (let second = 4.2; second < 9; second++) scene.at(second, craft(NODE_A));
    expect(codesOf(await scene.replay())).toEqual([]);
  });

  test('captures of the two halves of a network show it together, none alone', async () => {
    const files = ['09b-split-trunk', '09b-split-trunk-sw2'].map(
      (one) => `${PCAPS}/${one}.pcap.gz`,
    );
    const capture = mergeCaptures(await Promise.all(files.map((file) => openCapture(file))));
    const options = {
      site: null,
      allClaims: false,
      limit: 0,
      from: null,
      to: null,
      listener: null,
    };
    const replay = new Replay(options, files);
    await replay.run(capture);
    await capture.close();
    const found = routerFindings(replay.result());
    expect(found).toMatchObject([{ code: 'split-brain', ip: '192.168.20.100' }]);
    expect(found[0]?.message).toContain('192.168.20.5 and 192.168.20.6 were both master');
  });
});

describe('vrid-collision', () => {
  const STRANGER = { ...NODE_B, source: C, ip: '192.168.0.40', addresses: [OTHER] };

  test('two clusters on one VRID, masters of different addresses', async () => {
    const scene = new Concert();
    master(scene, 0, 6, NODE_A);
    master(scene, 0.5, 6.5, STRANGER);
    master(scene, 0.7, 6.7, { vrid: 52, source: B, ip: B_IP, addresses: ['192.168.0.77'] });
    const found = routerFindings(await scene.scene().replay());
    expect(found).toMatchObject([{ code: 'vrid-collision', severity: 'error' }]);
    expect(found[0]?.message).toContain(`by ${A_IP} for ${VIP} and by 192.168.0.40 for ${OTHER}`);
    expect(found[0]?.advice).toContain('virtual_router_id 53');
  });

  test('is but a note where all send unicast', async () => {
    const scene = new Concert();
    master(scene, 0, 6, { ...NODE_A, to: B_IP });
    master(scene, 0.5, 6.5, { ...STRANGER, to: '192.168.0.41' });
    const found = routerFindings(await scene.scene().replay());
    expect(found).toMatchObject([{ code: 'vrid-collision', severity: 'info' }]);
  });

  test('none where the numbers differ', async () => {
    const scene = new Concert();
    master(scene, 0, 6, NODE_A);
    master(scene, 0.5, 6.5, { ...STRANGER, vrid: 52 });
    expect(codesOf(await scene.scene().replay())).toEqual([]);
  });

  test('versions 2 and 3 at the same time on one VRID', async () => {
    const scene = new Concert();
    master(scene, 0, 8, NODE_A);
    master(scene, 0.5, 8.5, { ...NODE_B, version: 3 });
    const found = routerFindings(await scene.scene().replay());
    expect(found).toMatchObject([{ code: 'vrid-collision', severity: 'error' }]);
    expect(found[0]?.advice).toContain('vrrp_version 3');
  });

  test('none where a cluster moved on to version 3', async () => {
    const scene = new Concert();
    master(scene, 0, 4, NODE_A);
    scene.at(4.5, craft({ ...NODE_A, priority: 0 }));
    master(scene, 5, 9, { ...NODE_A, version: 3 });
    expect(codesOf(await scene.scene().replay())).toEqual([]);
  });
});

test('the same frames, told by A and B, give one finding a router and not one a frame', async () => {
  const scene = new Concert();
  for (let second = 0; second < 100; second++) {
    scene.at(second, craft(NODE_A));
    scene.at(second + 0.5, craft({ ...NODE_B, source: B }));
    scene.at(second + 0.6, craft({ ...NODE_A, source: A, vrid: 60, addresses: [OTHER] }));
    scene.at(second + 0.7, craft({ ...NODE_B, vrid: 60, addresses: [OTHER] }));
  }
  expect(codesOf(await scene.scene().replay())).toEqual(['split-brain', 'split-brain']);
});
