/** Addresses that a host asks for by ARP again and again, and that nobody has. */

import { describe, expect, test } from 'vitest';
import { emitAdvert } from '../../src/vrrp/advert.ts';
import { CHECKSUM_PLAIN, writeAdvertChecksum } from '../../src/vrrp/checksum.ts';
import { arp } from '../dataplane/frames.ts';
import {
  A,
  A_IP,
  advert,
  CLIENT,
  CLIENT_IP,
  CLIENT2,
  CLIENT2_IP,
  reply,
  Scene,
  VIP,
} from './scene.ts';

/** An advert of A that lists no address. */
function bare(): DataView {
  const view = advert({ priority: 100 });
  new Uint8Array(view.buffer).fill(0, 34);
  emitAdvert(view, 34, {
    version: 2,
    family: 4,
    vrid: 51,
    priority: 100,
    interval: 1,
    addresses: [],
  });
  writeAdvertChecksum(view, 14, 34, { family: 4, convention: CHECKSUM_PLAIN });
  return view;
}

function asks(scene: Scene, second: number, source = CLIENT, spa = CLIENT_IP): void {
  scene.at(second, arp({ operation: 1, source, spa, tpa: VIP }));
}

/** Questions at these seconds beside the adverts of a router without addresses, to second 10. */
async function questionsOf(seconds: readonly number[], more: (scene: Scene) => void = () => {}) {
  const scene = new Scene();
  for (let second = 0; second <= 10; second++) {
    for (const at of seconds) if (Math.floor(at) === second) asks(scene, at);
    scene.at(second + 0.99, bare());
  }
  more(scene);
  return (await scene.replay()).questions;
}

const EVERY_SECOND = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('questions that nobody answers', () => {
  test('name the address that a virtual router may lack', async () => {
    expect(await questionsOf(EVERY_SECOND)).toEqual([
      { ip: VIP, vlan: null, asker: CLIENT_IP, asks: 11, isToTheEnd: true, vrid: 51 },
    ]);
  });

  test('may have ended before the capture does', async () => {
    expect(await questionsOf([0, 1, 2, 3, 4])).toMatchObject([{ asks: 5, isToTheEnd: false }]);
  });

  test.each([
    ['are too few', [0, 1, 2, 3]],
    ['are so far apart that each may have been answered elsewhere', [0, 5.5]],
  ])('are nothing where they %s', async (_, seconds) => {
    expect(await questionsOf(seconds)).toBeUndefined();
  });

  test('are nothing where the owner speaks in the end', async () => {
    const speaks = (scene: Scene): number => scene.at(11, reply(A, VIP));
    expect(await questionsOf(EVERY_SECOND, speaks)).toBeUndefined();
  });

  test('are nothing of several hosts that ask once each', async () => {
    const others = (scene: Scene): void => {
      for (let i = 0; i < 8; i++) asks(scene, 11 + i / 10, CLIENT2, `192.168.0.${100 + i}`);
    };
    expect(await questionsOf([], others)).toBeUndefined();
  });

  test('are seen although a scan has asked for more addresses before than are remembered', async () => {
    const scene = new Scene();
    for (let host = 0; host < 3000; host++) {
      const tpa = `10.9.${host >>> 8}.${host & 0xff}`;
      scene.at(host / 3000, arp({ operation: 1, source: CLIENT2, spa: CLIENT2_IP, tpa }));
    }
    for (let second = 7; second <= 14; second++) {
      scene.at(second, bare());
      asks(scene, second + 0.5);
    }
    expect((await scene.replay()).questions).toMatchObject([{ ip: VIP, asks: 8 }]);
  });

  test('of another asker are not added', async () => {
    const other = (scene: Scene): void => asks(scene, 11, CLIENT2, CLIENT2_IP);
    expect(await questionsOf([7, 8, 9, 10, 10.5], other)).toMatchObject([{ asks: 5 }]);
  });
});

test('an address that adverts list is named, too', async () => {
  const scene = new Scene();
  for (const second of EVERY_SECOND) {
    scene.at(second, advert({ priority: 100 }));
    asks(scene, second + 0.5);
  }
  const { questions, havips } = await scene.replay();
  expect(questions).toMatchObject([{ ip: VIP, asks: 11, vrid: null }]);
  expect(havips).toMatchObject([{ ip: VIP, isUnanswered: true }]);
});

test('where every virtual router has its address other hosts do not matter', async () => {
  const scene = new Scene();
  scene.at(0, advert({ priority: 100, ip: A_IP }));
  scene.announce(0, A);
  for (const second of EVERY_SECOND) {
    scene.at(second, arp({ operation: 1, source: CLIENT, spa: CLIENT_IP, tpa: '192.168.0.99' }));
  }
  expect((await scene.replay()).questions).toBeUndefined();
});
