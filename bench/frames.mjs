// What does it cost to parse a frame, and to find out what it claims?
//
//   node bench/frames.mjs [--json]

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Claim, claimFromArp } from '../dist/arp/claim.js';
import { openCaptureBytes, RecordBatch } from '../dist/capture/index.js';
import { CARRIES_ARP, Classifier } from '../dist/dataplane/classifier.js';
import { nanoseconds, print } from './report.mjs';

const capture = new URL('../pcaps/20-busy-lan.pcap.gz', import.meta.url);
const octets = gunzipSync(readFileSync(capture));

/** All frames of the capture in one buffer. */
async function framesOf(bytes) {
  const reader = await openCaptureBytes(bytes, { chunkBytes: bytes.length });
  const batch = new RecordBatch(8192);
  const count = reader.read(batch);
  return { view: batch.view, at: batch.at.slice(0, count), end: batch.end.slice(0, count) };
}

const { view, at, end } = await framesOf(octets);
const classifier = new Classifier();
const claim = new Claim(classifier.link);
const arps = [...at.keys()].filter(
  (i) => classifier.classify(view, at[i], end[i], 1) === CARRIES_ARP,
);

function classifyAll() {
  let sum = 0;
  for (let i = 0; i < at.length; i++) sum += classifier.classify(view, at[i], end[i], 1);
  return sum;
}

function claimsOfAll() {
  let claims = 0;
  for (const i of arps) {
    classifier.classify(view, at[i], end[i], 1);
    if (claimFromArp(view, classifier.packet, claim)) claims++;
  }
  return claims;
}

const rows = [
  {
    what: `parse, ${at.length} frames of a busy LAN`,
    figures: await nanoseconds(classifyAll, at.length),
  },
  {
    what: `parse and claim, ${arps.length} ARP frames`,
    figures: await nanoseconds(claimsOfAll, arps.length),
  },
];
print({ question: 'What does a frame cost?', unit: 'ns, at most', rows });
