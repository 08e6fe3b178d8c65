// Writes the capture that the replay bench is timed on: 100-byte frames, a tenth of them
// announcements (half of which move the address), 1 % adverts, and of the rest a third to or from
// announced addresses. Seeded: the same arguments give the same octets.
//
//   node bench/generate.mjs FILE [FRAMES] [HAVIPS]

import { closeSync, openSync, writeSync } from 'node:fs';

const [file, frames = '5000000', havips = '100'] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node bench/generate.mjs FILE [FRAMES] [HAVIPS]');
  process.exit(2);
}

const RECORD = 116;
const HOSTS = 1000;
const MICROSECONDS_APART = 20;
const count = Number(havips);
const holders = new Uint8Array(count);
let state = 12345;

/** xorshift32. */
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const memberMac = (havip, member) => 0x3e000000 + havip * 2 + member;
const hostMac = (host) => 0x3e100000 + host;
const havipAddress = (havip) => 0x0a010000 + havip;
const memberAddress = (havip, member) => 0x0a000001 + havip * 2 + member;
const hostAddress = (host) => 0x0a020000 + host;

function mac(buffer, at, low) {
  buffer.writeUInt16BE(0x0016, at);
  buffer.writeUInt32BE(low, at + 2);
}

function announcement(buffer, at) {
  const havip = random(count);
  if (random(2) === 1) holders[havip] ^= 1;
  const member = memberMac(havip, holders[havip]);
  buffer.fill(0xff, at, at + 6);
  mac(buffer, at + 6, member);
  buffer.write('08060001080006040001', at + 12, 'hex');
  mac(buffer, at + 22, member);
  buffer.writeUInt32BE(havipAddress(havip), at + 28);
  buffer.fill(0xff, at + 32, at + 38);
  buffer.writeUInt32BE(havipAddress(havip), at + 38);
}

function ipv4(buffer, at, { length, ttl, protocol, source, destination }) {
  buffer.writeUInt16BE(0x0800, at + 12);
  buffer[at + 14] = 0x45;
  buffer.writeUInt16BE(length, at + 16);
  buffer[at + 22] = ttl;
  buffer[at + 23] = protocol;
  buffer.writeUInt32BE(source, at + 26);
  buffer.writeUInt32BE(destination, at + 30);
}

function advert(buffer, at) {
  const havip = random(count);
  const member = holders[havip];
  buffer.write('01005e000012', at, 'hex');
  mac(buffer, at + 6, memberMac(havip, member));
  const source = memberAddress(havip, member);
  ipv4(buffer, at, { length: 40, ttl: 255, protocol: 112, source, destination: 0xe0000012 });
  const message = at + 34;
  buffer[message] = 0x21;
  buffer[message + 1] = 1 + (havip % 255);
  buffer[message + 2] = 100 + member;
  buffer[message + 3] = 1;
  buffer[message + 5] = 1;
  buffer.writeUInt32BE(havipAddress(havip), message + 8);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += buffer.readUInt16BE(message + i);
  sum = (sum & 0xffff) + (sum >>> 16);
  buffer.writeUInt16BE(~sum & 0xffff, message + 6);
}

function traffic(buffer, at) {
  const sender = random(HOSTS);
  const receiver = random(HOSTS);
  let source = hostAddress(sender);
  let destination = hostAddress(receiver);
  if (random(3) === 0) {
    const havip = havipAddress(random(count));
    if (random(2) === 0) source = havip;
    else destination = havip;
  }
  mac(buffer, at, hostMac(receiver));
  mac(buffer, at + 6, hostMac(sender));
  ipv4(buffer, at, { length: 86, ttl: 64, protocol: 17, source, destination });
  buffer.write('03e807d000420000', at + 34, 'hex');
}

const output = openSync(file, 'w');
const header = Buffer.alloc(24);
header.write('d4c3b2a102000400', 0, 'hex');
header.writeUInt32LE(262144, 16);
header.writeUInt32LE(1, 20);
writeSync(output, header);
const buffer = Buffer.alloc(RECORD * 10_000);
let at = 0;
for (let frame = 0; frame < Number(frames); frame++) {
  if (at === buffer.length) {
    writeSync(output, buffer);
    at = 0;
  }
  buffer.fill(0, at, at + RECORD);
  const microseconds = frame * MICROSECONDS_APART;
  buffer.writeUInt32LE(1_700_000_000 + Math.floor(microseconds / 1e6), at);
  buffer.writeUInt32LE(microseconds % 1e6, at + 4);
  buffer.writeUInt32LE(100, at + 8);
  buffer.writeUInt32LE(100, at + 12);
  const kind = random(1000);
  if (kind < 100) announcement(buffer, at + 16);
  else if (kind < 110) advert(buffer, at + 16);
  else traffic(buffer, at + 16);
  at += RECORD;
}
writeSync(output, buffer, 0, at);
closeSync(output);
