// From the octets of an announcement to the repointed table: each frame goes through
// Switch.ingress with the claim guard and the source guard of a cloud, and each moves its address
// to the other of two members.
//
//   node bench/announcements.mjs [ADDRESSES...] [--json]      default: 1000 100000 1000000

import { bundled, nanoseconds, print, sizes } from './report.mjs';

const { Switch, compile, LINKTYPE_ETHERNET } = await bundled(
  'dataplane/switch.js',
  'havip/compile.js',
  'wire/link-type.js',
);

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
const AIMS = new Map([
  [1000, 40],
  [1_000_000, 80],
]);
const CALL = 1 << 16;

const rows = [];
for (const count of sizes([1000, 100_000, 1_000_000])) {
  const { plan } = siteOf(count);
  plan.enis.attach(0, 0);
  plan.enis.attach(1, 1);
  const options = { observer, plan, forwarding: null, policer: null };
  const owner = new Switch({ ...options, maximumAddresses: 2 * count });
  const frames = [framesOf(count, 0), framesOf(count, 1)];
  let next = 0;
  let member = 0;
  const run = () => {
    for (let i = 0; i < CALL; i++) {
      const at = next * SLOT;
      owner.ingress(frames[member], at, at + 60, LINKTYPE_ETHERNET, member);
      if (++next === count) {
        next = 0;
        member ^= 1;
      }
    }
    return owner.addresses4.size;
  };
  // Each member's first claim of an address goes the long way.
  for (let i = 0; i < 2 * count; i += CALL) run();
  const before = owner.addresses4.statistics().moves;
  const figures = await nanoseconds(run, CALL, 1000);
  if (owner.addresses4.statistics().moves === before) throw new Error('nothing moved');
  rows.push({ what: `${count} addresses`, figures, target: AIMS.get(count) ?? '' });
}
print({ question: 'From announcement to repointed table?', unit: 'ns, at most', rows });
