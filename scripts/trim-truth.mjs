// Takes over the ground truth of the captures in pcaps/: `node scripts/trim-truth.mjs FOLDER` reads
// FOLDER/NAME.truth.json for every capture there and writes pcaps/NAME.truth.json with what the
// tests compare with: who was where, what was done when, who was master, what the client's ping
// lost, what tshark counts. Logs, configurations and the kernel's messages stay behind.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const pcaps = join(import.meta.dirname, '..', 'pcaps');
const CAPTURE = /\.(pcap|pcapng)(\.gz|\.zst)?$/;
/** Of these sources an event is what somebody did; the others say how the hosts took it. */
const DEEDS = ['harness', 'rogue', 'innocent'];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('trim-truth: no folder; write node scripts/trim-truth.mjs FOLDER');
  process.exit(2);
}
for (const file of readdirSync(pcaps).filter((name) => CAPTURE.test(name))) {
  const name = `${file.replace(CAPTURE, '')}.truth.json`;
  const source = join(folder, name);
  if (!existsSync(source)) continue;
  const truth = JSON.parse(readFileSync(source, 'utf8'));
  writeFileSync(join(pcaps, name), format(trim(truth, file)));
}

function trim(truth, file) {
  const { name, capture, topology, havips, ownership, pings, tshark } = truth;
  return {
    name,
    capture: { file, ...pick(capture, 'point encapsulation frames_once sees_all_frames') },
    clock: pick(truth.clock, 't0_ns'),
    topology: {
      switches: topology.switches.map((one) => one.name),
      hosts: topology.hosts.map(host),
    },
    havips,
    events: truth.events.filter(isDeed).map(deed),
    ownership: { by_notify: ownership.by_notify },
    pings: pings.map((ping) => ({
      ...pick(ping, 'host target interval_s'),
      outages: ping.outages.map((outage) =>
        pick(outage, 'last_reply_ns first_reply_ns lost gap_ms answered_before answered_after'),
      ),
    })),
    tshark: {
      ...pick(tshark, 'counts first_frame_ns last_frame_ns'),
      ...pick(tshark, 'timestamps_going_back largest_step_back_ns'),
      adverts: tshark.adverts.map((one) => pick(one, 'src dst vrid version priority n')),
      garp: tshark.garp.map((one) => pick(one, 'frame t_ns eth_src op sha spa')),
      na: tshark.na.map((one) => pick(one, 'frame t_ns eth_src target tlla solicited override')),
    },
  };
}

function host({ name, role, ttl, interfaces, bound_to }) {
  const ends = interfaces.map((one) => pick(one, 'name mac ips vlan switch'));
  return { name, role, ttl, interfaces: ends, bound_to };
}

/** On a busy LAN hundreds of harmless frames are sent by hand; those that claim nothing go. */
function isDeed({ source, claims }) {
  return DEEDS.includes(source) && (source !== 'innocent' || claims !== null);
}

function deed(event) {
  const kept = pick(event, 't_ns source host event kind claims eth_src sha vlan how');
  return event.event === 'command' ? { ...kept, command: event.command } : kept;
}

function pick(from, names) {
  const entries = names.split(' ').filter((name) => from[name] !== undefined);
  return Object.fromEntries(entries.map((name) => [name, from[name]]));
}

/** JSON with one line for each entry of a list that is not the last level, for people and diffs. */
function format(value, indent = '') {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object') {
    const lines = value.map((entry) => `${inner}${JSON.stringify(entry)}`);
    return `[\n${lines.join(',\n')}\n${indent}]`;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  const lines = Object.entries(value).map(
    ([key, entry]) => `${inner}${JSON.stringify(key)}: ${format(entry, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}${indent === '' ? '\n' : ''}`;
}
