// From the octets of an announcement to the repointed table: each frame goes through
// Switch.ingress with the claim guard and the source guard of a cloud, and each moves its address.
//
//   node bench/announcements.mjs [ADDRESSES...]        default: 1000 100000 1000000

import { Forwarding } from '../dist/dataplane/forwarding.js';
import { FrameBatch } from '../dist/dataplane/frame-batch.js';
import { Switch } from '../dist/dataplane/switch.js';
import { compile } from '../dist/havip/compile.js';
import { LINKTYPE_ETHERNET } from '../dist/wire/link-type.js';

const MEMBERS = [0x00163e000001, 0x00163e000002];
const SLOT = 64;
const FIRST = 0x0a000010;

function textOf(address) {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

function siteOf(count) {
  const enis = MEMBERS.map((mac, i) => ({
    instance: `ecs-${i}`,
    name: 'eth0',
    subnet: 'a',
    addresses: [`10.255.0.${i + 1}`],
    mac,
    mtu: 1500,
    vlan: null,
    sourceDestCheck: true,
    attach: null,
  }));
  const havips = Array.from({ length: count }, (_, i) => ({
    name: `h${i}`,
    subnet: 'a',
    address: textOf(FIRST + i),
    members: enis.map(({ instance }) => ({ instance, eni: null })),
    memberMacs: [],
    checkAssociate: false,
  }));
  const subnets = [{ name: 'a', vpc: 'v', cidrs: ['10.0.0.0/8'], gateways: ['10.255.255.253'] }];
  return compile({
    name: 'bench',
    provider: 'alibaba',
    subnets,
    enis,
    havips,
    run: {},
    quotas: {},
  });
}

/** One announcement an address, in an order that jumps about. */
function framesOf(count, member) {
  const view = new DataView(new ArrayBuffer(count * SLOT));
  const mac = MEMBERS[member];
  for (let i = 0; i < count; i++) {
    const at = i * SLOT;
    const address = FIRST + ((i * 7919) % count);
    for (let j = 0; j < 6; j++) view.setUint8(at + j, 0xff);
    view.setUint16(at + 6, Math.floor(mac / 2 ** 32));
    view.setUint32(at + 8, mac >>> 0);
    view.setUint32(at + 12, 0x08060001);
    view.setUint32(at + 16, 0x08000604);
    view.setUint16(at + 20, 1);
    view.setUint16(at + 22, Math.floor(mac / 2 ** 32));
    view.setUint32(at + 24, mac >>> 0);
    view.setUint32(at + 28, address);
    for (let j = 32; j < 38; j++) view.setUint8(at + j, 0xff);
    view.setUint32(at + 38, address);
  }
  return view;
}

const observer = {
  onClaim() {},
  onAdvert() {},
  onPacketTo() {},
  onPacketFrom() {},
  onSpoofed() {},
};
const batch = new FrameBatch();
const counts = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [1000, 100_000, 1_000_000]) {
  const site = siteOf(count);
  site.plan.enis.attach(0, 0);
  site.plan.enis.attach(1, 1);
  const owner = new Switch({
    observer,
    plan: site.plan,
    forwarding: null,
    policer: null,
    maximumAddresses: 1 << 21,
  });
  const frames = [framesOf(count, 0), framesOf(count, 1)];
  const rounds = Math.max(2, Math.ceil(4e6 / count / 2));
  const best = Infinity;
  const all = [];
  for (let repeat = 0; repeat < 9; repeat++) {
    const started = performance.now();
    for (let round = 0; round < rounds; round++) {
      for (let member = 0; member < 2; member++) {
        const view = frames[member];
        for (let first = 0; first < count; first += 64) {
          batch.count = Math.min(64, count - first);
          batch.view = view;
          for (let i = 0; i < batch.count; i++) {
            batch.at[i] = (first + i) * SLOT;
            batch.end[i] = batch.at[i] + 60;
          }
          for (let i = 0; i < batch.count; i++)
            owner.ingress(view, batch.at[i], batch.end[i], LINKTYPE_ETHERNET, member);
        }
      }
    }
    all.push(((performance.now() - started) * 1e6) / (rounds * 2 * count));
  }
  all.sort((a, b) => a - b);
  console.log(count, all.map((x) => x.toFixed(0)).join(' '), owner.addresses4.statistics().moves);
}
