// A paced client of the API: four DescribeHaVips, one ModifyHaVipAttribute, over a few connections
// that stay open. It sleeps between bursts, and does as little as it can with the answers.
//
//   node bench/wire/requests.mjs URL RATE SECONDS HAVIP
//
// Prints one JSON object: requests sent, answers with status 200, other answers.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, rate, seconds, havip] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const CONNECTIONS = 4;
/** Milliseconds between bursts. */
const PACE = 10;
const STATUS = /HTTP\/1\.1 (\d+)/g;

function request(action, query) {
  return (
    `POST /?${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nx-acs-action: ${action}\r\n` +
    'x-acs-version: 2016-04-28\r\nContent-Length: 0\r\n\r\n'
  );
}

const DESCRIBE = request('DescribeHaVips', 'RegionId=local');
const modify = (n) =>
  request('ModifyHaVipAttribute', `RegionId=local&HaVipId=${havip}&Description=n${n}`);

let sent = 0;
let done = 0;
let failed = 0;
const sockets = Array.from({ length: CONNECTIONS }, () => {
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  socket.on('data', (data) => {
    for (const [, status] of data.toString('latin1').matchAll(STATUS)) {
      if (status === '200') done++;
      else failed++;
    }
  });
  socket.on('error', () => failed++);
  return socket;
});

const start = performance.now();
for (let due = 0; due < rate * seconds; ) {
  due = Math.min(rate * seconds, (rate * (performance.now() - start)) / 1000);
  for (; sent < due; sent++) {
    sockets[sent % CONNECTIONS].write(sent % 5 === 4 ? modify(sent) : DESCRIBE);
  }
  await sleep(PACE);
}
for (let left = 200; left > 0 && done + failed < sent; left--) await sleep(PACE);
for (const socket of sockets) socket.destroy();
console.log(JSON.stringify({ sent, done, failed }));
