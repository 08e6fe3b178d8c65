/**
 * Addresses of HaVips and EIPs: which may be asked for, which come by themselves. The reserved ones
 * are written out from the vendors' pages for 192.168.0.0/24.
 */
import { describe, expect, test } from 'vitest';
import type { ProviderName } from '../../../src/havip/topology.ts';
import { Cloud, eni, instance } from './cloud.ts';

const ALL: ProviderName[] = ['alibaba', 'alibaba-2021', 'tencent', 'huawei', 'ucloud', 'classic'];

function asks(cloud: Cloud, address: string | null, subnet = 'vsw-1'): string {
  return cloud.says({ kind: 'create-havip', subnet, address, name: 'x' });
}

describe.each(ALL)('%s refuses, each for its own reason', (provider) => {
  test.each([
    ['192.168.0', 'address-malformed'],
    ['192.168.0.088', 'address-malformed'],
    ['192.168.0.88/24', 'address-malformed'],
    [' 192.168.0.88', 'address-malformed'],
    ['web', 'address-malformed'],
    ['', 'address-malformed'],
    ['192.168.1.1', 'address-outside'],
    ['192.167.255.255', 'address-outside'],
    ['192.168.0.11', 'address-in-use'], // of an ENI
    ['192.168.0.31', 'address-in-use'], // of a second ENI
  ])('%s: %s', (address, said) => {
    expect(asks(new Cloud(provider), address)).toBe(said);
  });

  test('the address of another HaVip, until that one is deleted', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip('192.168.0.88');
    expect(asks(cloud, '192.168.0.88')).toBe('address-in-use');
    cloud.done({ kind: 'delete-havip', havip });
    expect(asks(cloud, '192.168.0.88')).toBe('ok');
  });

  test('a subnet that is not there, and a VPC that is another', () => {
    const cloud = new Cloud(provider);
    const create = { kind: 'create-havip', subnet: 'vsw-1', address: null, name: 'x' } as const;
    expect(asks(cloud, null, 'vsw-9')).toBe('subnet-not-found');
    expect(cloud.says({ ...create, vpc: 'vpc-9' })).toBe('vpc-not-found');
    expect(cloud.says({ ...create, vpc: 'vpc-2' })).toBe('vpc-mismatch');
    expect(cloud.says({ ...create, vpc: 'vpc-1' })).toBe('ok');
  });
});

describe('the ends of a block of 256', () => {
  test.each<[ProviderName, number[], number]>([
    ['alibaba', [0, 253, 254, 255], 1], // first and last three; .253 is the gateway
    ['alibaba-2021', [0, 253, 254, 255], 1],
    ['tencent', [0, 1, 255], 2], // first two and last
    ['huawei', [0, 1, 253, 254, 255], 2], // first two and last three
    ['ucloud', [0, 1, 255], 2], // network, gateway, broadcast
    ['classic', [0, 255], 2], // network, broadcast; .1 is the gateway, a host
  ])('%s keeps %j, and gives out .%d first', (provider, kept, first) => {
    const ends = [0, 1, 2, 252, 253, 254, 255];
    const cloud = (): Cloud => new Cloud(provider);
    const found = ends.filter((n) => asks(cloud(), `192.168.0.${n}`) === 'address-reserved');
    expect(found).toEqual(kept);
    const fresh = cloud();
    expect(fresh.inventory.havip(fresh.havip())?.address).toBe(`192.168.0.${first}`);
  });

  test('classic: the address of the gateway is in use', () => {
    expect(asks(new Cloud('classic'), '192.168.0.1')).toBe('address-in-use');
  });
});

describe('IPv6', () => {
  test.each<[ProviderName, string]>([
    ['alibaba', 'ipv6-not-offered'],
    ['alibaba-2021', 'ipv6-not-offered'],
    ['tencent', 'ipv6-not-offered'],
    ['huawei', 'ok'],
    ['ucloud', 'ok'],
    ['classic', 'ok'],
  ])('%s: %s', (provider, said) => {
    const cloud = new Cloud(provider);
    expect(asks(cloud, '2001:db8::88')).toBe(said);
    if (said !== 'ok') return;
    expect(asks(cloud, '2001:DB8:0::88')).toBe('address-in-use');
    expect(asks(cloud, '2001:db8::')).toBe('address-reserved');
    expect(asks(cloud, '2001:db8:1::88')).toBe('address-outside');
  });

  test('huawei binds it to one NIC, however the NIC is named', () => {
    const cloud = new Cloud('huawei');
    const havip = cloud.havip('2001:db8::88');
    expect(cloud.associate(havip, instance(1))).toBe('too-many-members');
    expect(cloud.associate(havip, eni(1))).toBe('ok');
    expect(cloud.associate(havip, eni(2))).toBe('too-many-members');
    expect(cloud.says({ kind: 'set-members', havip, members: [eni(2)] })).toBe('ok');
    cloud.done({ kind: 'detach-eni', eni: 'i-3.eth1' });
    expect(cloud.says({ kind: 'set-members', havip, members: [instance(3)] })).toBe('ok');
    const back = { kind: 'attach-eni', eni: 'i-3.eth1', instance: 'i-3' } as const;
    expect(cloud.says(back)).toBe('too-many-members');
  });
});

test('an IPv6 address is kept in its canonical form, however it is written', () => {
  const cloud = new Cloud('classic');
  const id = cloud.havip('2001:DB8:0:0:0::88');
  expect(cloud.inventory.havip(id)?.address).toBe('2001:db8::88');
  expect(asks(cloud, '2001:db8:0::88')).toBe('address-in-use');
});

describe('an address that comes by itself', () => {
  test('is the first that is free, and is given out again once it is', () => {
    const cloud = new Cloud('ucloud');
    const ids = Array.from({ length: 12 }, () => cloud.havip());
    const places = ids.map((id) => Number(cloud.inventory.havip(id)!.address.split('.')[3]));
    // .1 is the gateway, .11 to .22 are ENIs.
    expect(places).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 23, 24, 25]);
    for (const id of [ids[7]!, ids[2]!]) cloud.done({ kind: 'delete-havip', havip: id });
    const again = [1, 2, 3].map(() => cloud.inventory.havip(cloud.havip())?.address);
    expect(again).toEqual(['192.168.0.4', '192.168.0.9', '192.168.0.26']);
  });

  test('comes to an end', () => {
    const cloud = new Cloud('tencent');
    // 10.0.1.0/29: .0, .1 and .7 are kept.
    const said = Array.from({ length: 6 }, () => asks(cloud, null, 'vsw-small'));
    expect(said).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'no-free-address']);
  });

  test('of an ENI that was deleted is free', () => {
    const cloud = new Cloud('alibaba');
    expect(asks(cloud, '192.168.0.31')).toBe('address-in-use');
    cloud.done({ kind: 'delete-eni', eni: 'i-1.eth1' });
    expect(asks(cloud, '192.168.0.31')).toBe('ok');
  });
});

describe('addresses of EIPs', () => {
  const create = (cloud: Cloud, address: string | null): string =>
    cloud.says({ kind: 'create-eip', address });

  test('are those of the documentation, until none is left', () => {
    const cloud = new Cloud('alibaba');
    const said = Array.from({ length: 509 }, () => create(cloud, null));
    expect(said.slice(506)).toEqual(['ok', 'ok', 'no-free-address']);
    const given = cloud.inventory.all('eip').map(({ address }) => address);
    expect([given[0], given[253], given[254], given[507]]).toEqual([
      '203.0.113.1',
      '203.0.113.254',
      '198.51.100.1',
      '198.51.100.254',
    ]);
  });

  test.each([
    ['8.8.8.8', 'ok'],
    ['203.0.113.7', 'address-in-use'],
    ['8.8.8', 'address-malformed'],
    ['2001:db8::1', 'address-malformed'],
    ['127.0.0.1', 'address-reserved'],
    ['224.0.0.18', 'address-reserved'],
    ['255.255.255.255', 'address-reserved'],
    ['192.168.0.200', 'address-reserved'],
  ])('%s: %s', (address, said) => {
    const cloud = new Cloud('alibaba');
    cloud.done({ kind: 'create-eip', address: '203.0.113.7' });
    expect(create(cloud, address)).toBe(said);
  });
});
