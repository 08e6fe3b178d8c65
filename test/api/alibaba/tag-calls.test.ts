// Tags of HaVips, and the move to another resource group.
import { beforeEach, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { done, type Fields, newHaVip, shown, verdict } from './ask.ts';

let one: Account;
let id: string;
let other: string;

beforeEach(async () => {
  one = account('alibaba');
  id = await newHaVip(one);
  other = await newHaVip(one);
});

const HAVIP: Fields = { ResourceType: 'HAVIP' };
const tag = (n: number, Key: string, Value: string): Fields => ({
  [`Tag.${n}.Key`]: Key,
  [`Tag.${n}.Value`]: Value,
});

async function listed(fields: Fields): Promise<string[]> {
  const { TagResources } = await done(one, 'ListTagResources', { ...HAVIP, ...fields });
  return TagResources.TagResource.map(
    (one: Record<string, string>) => `${one.ResourceId} ${one.TagKey}=${one.TagValue}`,
  );
}

it('are set on several, replaced by key, and taken away', async () => {
  const both = { ...HAVIP, 'ResourceId.1': id, 'ResourceId.2': other };
  await done(one, 'TagResources', { ...both, ...tag(1, 'env', 'prod'), ...tag(2, 'team', '') });
  await done(one, 'TagResources', { ...HAVIP, 'ResourceId.1': other, ...tag(1, 'env', 'test') });
  expect((await shown(one, other)).Tags.Tag).toEqual([
    { Key: 'team', Value: '' },
    { Key: 'env', Value: 'test' },
  ]);
  expect(await listed({ 'ResourceId.1': id })).toEqual([`${id} env=prod`, `${id} team=`]);
  expect(await listed(tag(1, 'env', 'test'))).toEqual([`${other} team=`, `${other} env=test`]);
  await done(one, 'UnTagResources', { ...both, 'TagKey.1': 'team' });
  expect(await listed({ 'Tag.1.Key': 'env' })).toEqual([`${id} env=prod`, `${other} env=test`]);
  await done(one, 'UnTagResources', { ...both, All: 'true' });
  expect(await listed({ 'ResourceId.1': id, 'ResourceId.2': other })).toEqual([]);
});

it('are listed in pieces', async () => {
  for (let n = 0; n < 3; n++) {
    await done(one, 'TagResources', { ...HAVIP, 'ResourceId.1': id, ...tag(1, `k${n}`, 'v') });
  }
  const list = (more: Fields) =>
    done(one, 'ListTagResources', { ...HAVIP, 'ResourceId.1': id, MaxResults: '2', ...more });
  const first = await list({});
  expect(first.TagResources.TagResource).toHaveLength(2);
  const last = await list({ NextToken: first.NextToken });
  expect(last).toMatchObject({
    NextToken: '',
    TagResources: {
      TagResource: [{ ResourceId: id, ResourceType: 'HAVIP', TagKey: 'k2', TagValue: 'v' }],
    },
  });
});

it('lose none of two edits at once', async () => {
  const set = (n: number) =>
    done(one, 'TagResources', { ...HAVIP, 'ResourceId.1': id, ...tag(1, `k${n}`, 'v') });
  await Promise.all(Array.from({ length: 10 }, (_, n) => set(n)));
  expect((await shown(one, id)).Tags.Tag).toHaveLength(10);
});

it('are at most twenty, and none are set where one HaVip is not there', async () => {
  const twenty = Object.assign(
    {},
    ...Array.from({ length: 20 }, (_, n) => tag(n + 1, `k${n}`, '')),
  );
  const set = (fields: Fields) => verdict(one, 'TagResources', { ...HAVIP, ...fields });
  expect(await set({ 'ResourceId.1': id, 'ResourceId.2': 'havip-9', ...tag(1, 'a', 'b') })).toBe(
    '404 InvalidHaVipId.NotFound',
  );
  expect((await shown(one, id)).Tags.Tag).toEqual([]);
  expect(await set({ 'ResourceId.1': id, ...twenty, ...tag(21, 'k20', '') })).toBe(
    '400 InvalidParameter',
  );
  expect(await set({ 'ResourceId.1': id, ...twenty })).toBe('200');
  expect(await set({ 'ResourceId.1': id, ...tag(1, 'one-more', '') })).toBe('400 InvalidParameter');
});

it('are those of HaVips only', async () => {
  const eip = { ResourceType: 'EIP', 'ResourceId.1': 'eip-1' };
  expect(await verdict(one, 'ListTagResources', eip)).toBe('400 InvalidResourceType.NotSupported');
  expect(await verdict(one, 'ListTagResources', HAVIP)).toBe('400 MissingParameter');
  expect(await verdict(one, 'UnTagResources', { ...HAVIP, 'ResourceId.1': id })).toBe(
    '400 MissingParameter',
  );
});

it.each(['HaVip', 'HAVIP'])('a %s moves to another resource group', async (ResourceType) => {
  const fields = { ResourceType, ResourceId: id, NewResourceGroupId: 'rg-2' };
  await done(one, 'MoveResourceGroup', fields);
  expect((await shown(one, id)).ResourceGroupId).toBe('rg-2');
  const gone = { ...fields, ResourceId: 'havip-9' };
  expect(await verdict(one, 'MoveResourceGroup', gone)).toBe('404 InvalidHaVipId.NotFound');
});
