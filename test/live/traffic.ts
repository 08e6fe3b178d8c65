/** Traffic between the hosts of a table, and what their kernels say of it. */
import { expect } from 'vitest';
import type { Netns } from './netns.ts';
import type { Table } from './table.ts';

/** Until it is so, or three seconds are over. */
export async function eventually(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
}

/** TCP for a second, sent by the first host to the second. */
export async function stream(table: Table, a: Netns, b: Netns, address: string): Promise<void> {
  const server = b.start('iperf3', '-s', '-1');
  await table.until(new Promise((resolve) => setTimeout(resolve, 300)));
  const client = a.start('iperf3', '-c', address, '-t', '1');
  await table.until(Promise.all([server, client]));
  expect(b.counter('TcpInSegs')).toBeGreaterThan(100);
}

const CHECKSUM_ERRORS = [
  'IpExtInCsumErrors',
  'TcpInCsumErrors',
  'UdpInCsumErrors',
  'Udp6InCsumErrors',
  'Icmp6InCsumErrors',
];

/** Packets that each kernel refused for their checksum. */
export function checksumErrors(...hosts: Netns[]): number[] {
  return hosts.map((host) => CHECKSUM_ERRORS.reduce((sum, name) => sum + host.counter(name), 0));
}
