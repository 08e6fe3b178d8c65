// From the octets of an announcement to the repointed table: frames come in batches in the slots of
// an arena, as the engine takes them from a port; writing their addresses there is part of the time,
// as a port's reading would be. Each goes through Switch.ingress with the claim guard and the source guard
// of a cloud, and each moves its address to the other of two members.
//
//   node bench/announcements.mjs [ADDRESSES...] [--json]      default: 1000 100000 1000000

import { bundled, nanoseconds, print, sizes } from './report.mjs';

const { Switch, FrameBatch, LookAhead, compile, LINKTYPE_ETHERNET } = await bundled(
  'dataplane/switch.js',
  'dataplane/frame-batch.js',
  'dataplane/look-ahead.js',
  'havip/compile.js',
  'wire/link-type.js',
);

const MEMBERS = [0x00163e000001, 0x00163e000002];
const SLOT = 64;
const LENGTH = 60;
const STEP = 7919;
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

/** The slots of a port's arena, each with an announcement of the member for no address yet. */
function arenaOf(member) {
  const batch = new FrameBatch();
  batch.linkType.fill(LINKTYPE_ETHERNET);
  const view = new DataView(new ArrayBuffer(batch.capacity * SLOT));
  batch.view = view;
  const mac = MEMBERS[member];
  for (let i = 0; i < batch.capacity; i++) {
    const at = i * SLOT;
    batch.at[i] = at;
    batch.end[i] = at + LENGTH;
    for (let j = 0; j < 6; j++) view.setUint8(at + j, 0xff);
    view.setUint16(at + 6, Math.floor(mac / 2 ** 32));
    view.setUint32(at + 8, mac >>> 0);
    view.setUint32(at + 12, 0x08060001);
    view.setUint32(at + 16, 0x08000604);
    view.setUint16(at + 20, 1);
    view.setUint16(at + 22, Math.floor(mac / 2 ** 32));
    view.setUint32(at + 24, mac >>> 0);
    for (let j = 32; j < 38; j++) view.setUint8(at + j, 0xff);
  }
  return batch;
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
/** At least so many frames a call, less than a batch more. */
const CALL = 1 << 16;

const rows = [];
for (const count of sizes([1000, 100_000, 1_000_000])) {
  const { plan } = siteOf(count);
  plan.enis.attach(0, 0);
  plan.enis.attach(1, 1);
  const options = { observer, plan, forwarding: null, policer: null };
  const owner = new Switch({ ...options, maximumAddresses: 2 * count });
  const ahead = new LookAhead(owner.addresses4, null);
  const arenas = [arenaOf(0), arenaOf(1)];
  let next = 0;
  let member = 0;
  let address = 0;
  const step = STEP % count;
  /** Writes the next addresses, in an order that jumps about, into the slots of the arena. */
  const receive = ({ view, capacity }) => {
    const taken = Math.min(capacity, count - next);
    for (let at = 0; at < taken * SLOT; at += SLOT) {
      view.setInt32(at + 28, FIRST + address);
      view.setInt32(at + 38, FIRST + address);
      address += step;
      if (address >= count) address -= count;
    }
    next += taken;
    return taken;
  };
  const run = () => {
    for (let i = 0; i < CALL; ) {
      const batch = arenas[member];
      const taken = receive(batch);
      ahead.over(batch, taken, member);
      const { view, at, end, linkType } = batch;
      for (let j = 0; j < taken; j++) owner.ingress(view, at[j], end[j], linkType[j], member);
      i += taken;
      if (next === count) {
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
