// The examples and their signatures stand in the vendor's documents and in the tests of its SDKs.
// What they ask for is no call of ours: a right signature ends in RetCode 161.
import { describe, expect, it } from 'vitest';
import { account } from '../account.ts';
import { get, type Parameters, post, send, signed } from './asking.ts';

const PUBLIC = 'ucloudsomeone@example.com1296235120854146120';
const PRIVATE = '46f09bb9fab4f12dfc160dae12273d5332b5debe';
const KEYS: [string, string][] = [[PUBLIC, PRIVATE]];

const LIST = {
  Action: 'DescribeUHostInstance',
  Region: 'cn-bj2',
  Limit: 10,
  PublicKey: PUBLIC,
  Signature: 'cba5cf5ec4d4233d206b1b54951e3787350a642f',
};
const CREATE = {
  Action: 'CreateUHostInstance',
  Region: 'cn-north-01',
  ImageId: 'f43736e1-65a5-4bea-ad2e-8a46e18883c2',
  CPU: '2',
  Memory: '2048',
  DiskSpace: '10',
  LoginMode: 'Password',
  Password: 'UCloudexample01',
  Name: 'Host01',
  ChargeType: 'Month',
  Quantity: '1',
  PublicKey: PUBLIC,
  Signature: '7a517649e4e9da3b6c82c932d667daa1599ae3a1',
};

async function retCode(shape: typeof post, parameters: Parameters): Promise<number> {
  return (await send(account('ucloud', KEYS), shape(parameters))).RetCode;
}

describe.each([
  ['JSON', post],
  ['query', get],
])('the signature, by %s', (_name, shape) => {
  it('accepts the vendor’s examples', async () => {
    expect(await retCode(shape, LIST)).toBe(161);
    expect(await retCode(shape, CREATE)).toBe(161);
  });

  it('refuses a wrong one, a missing one, an unknown user', async () => {
    expect(await retCode(shape, { ...LIST, Limit: 11 })).toBe(171);
    expect(await retCode(shape, { ...LIST, Signature: 'cba5' })).toBe(171);
    const { Signature: _signature, ...unsigned } = LIST;
    expect(await retCode(shape, unsigned)).toBe(170);
    expect(await retCode(shape, { ...LIST, PublicKey: 'nobody' })).toBe(172);
  });

  it('covers names with dots, as lists are sent', async () => {
    const listed = { ...LIST, Signature: '', 'UHostIds.1': 'b', 'UHostIds.0': 'a' };
    const { Signature: _signature, ...bare } = listed;
    expect(await retCode(shape, signed(bare, PRIVATE))).toBe(161);
  });
});

describe('without keys', () => {
  it('nothing is verified', async () => {
    const asked = post({ Action: 'DescribeVIP', Region: 'cn-bj2', PublicKey: 'anyone' });
    expect((await send(account('ucloud'), asked)).RetCode).toBe(0);
  });
});

describe('a request of depth', () => {
  it('is refused, not fallen over', async () => {
    const nested = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const text = `{"Action":"DescribeVIP","PublicKey":"${PUBLIC}","Signature":"x","a":${nested}}`;
    const asked = { ...post({}), body: Buffer.from(text) };
    expect((await send(account('ucloud', KEYS), asked)).RetCode).toBe(171);
  });
});
