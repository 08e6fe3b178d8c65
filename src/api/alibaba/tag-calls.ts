/** Tags of HaVips, and the move to another resource group. */
import type { Plane } from '../../havip/inventory/plane.ts';
import type { Havip, Tag } from '../../havip/inventory/resources.ts';
import { AlibabaError, invalid, missing } from './alibaba-error.ts';
import { type Answer, type Call, placeOf, submit } from './call.ts';
import { refusalError } from './codes.ts';
import type { Parameters } from './parameters.ts';

const TAGS_MAX = 20;
const RESOURCES_MAX = 50;

/** The tags of a call, `Tag.N.Key` and `Tag.N.Value`. */
export function givenTags(parameters: Parameters): Tag[] {
  const tags = parameters.groups('Tag', TAGS_MAX).map((tag, index) => {
    const key = tag.text('Key');
    if (key === undefined) throw missing(`Tag.${index + 1}.Key`);
    return { key, value: tag.given('Value') ?? '' };
  });
  const keys = new Set(tags.map(({ key }) => key));
  if (keys.size < tags.length) throw invalid('Tag', 'a key stands twice');
  return tags;
}

/** One test a tag: its key is there, and has the value where one is said. */
export function wantedTags({ parameters }: Call, name: string): ((havip: Havip) => boolean)[] {
  return parameters.groups(name, TAGS_MAX).map((wanted, index) => {
    const key = wanted.text('Key');
    const value = wanted.text('Value');
    if (key === undefined) throw missing(`${name}.${index + 1}.Key`);
    return ({ tags }) =>
      tags.some((tag) => tag.key === key && (value === undefined || tag.value === value));
  });
}

export function listTagResources(call: Call): Answer {
  const { parameters } = call;
  havipsOnly(parameters);
  const ids = new Set(parameters.list('ResourceId', RESOURCES_MAX));
  const tests = wantedTags(call, 'Tag');
  if (ids.size === 0 && tests.length === 0) throw missing('ResourceId.1 or Tag.1.Key');
  const most = parameters.count('MaxResults', 50, 50);
  const from = placeOf(call);
  const found = call.plane.inventory
    .all('havip')
    .filter((havip) => ids.size === 0 || ids.has(havip.id))
    .filter((havip) => tests.every((test) => test(havip)))
    .flatMap(({ id, tags }) => tags.map(({ key, value }) => tagResource(id, key, value)));
  const next = from + most < found.length ? String(from + most) : '';
  return { NextToken: next, TagResources: { TagResource: found.slice(from, from + most) } };
}

export async function tagResources(call: Call): Promise<Answer> {
  const tags = givenTags(call.parameters);
  if (tags.length === 0) throw missing('Tag.1.Key');
  const keys = new Set(tags.map(({ key }) => key));
  return editTags(call, (present) => {
    const all = [...present.filter(({ key }) => !keys.has(key)), ...tags];
    if (all.length > TAGS_MAX) throw invalid('Tag', `a HaVip has at most ${TAGS_MAX} tags`);
    return all;
  });
}

export async function unTagResources(call: Call): Promise<Answer> {
  const keys = new Set(call.parameters.list('TagKey', TAGS_MAX));
  const all = keys.size === 0 && call.parameters.flag('All');
  if (keys.size === 0 && !all) throw missing('TagKey.1 or All');
  return editTags(call, (present) => (all ? [] : present.filter(({ key }) => !keys.has(key))));
}

export async function moveResourceGroup(call: Call): Promise<Answer> {
  havipsOnly(call.parameters);
  const havip = call.parameters.required('ResourceId');
  const group = call.parameters.required('NewResourceGroupId');
  await submit(call, { kind: 'edit-havip', havip, group });
  return {};
}

/** Who edits tags waits for the one before: an edit is made of what is there when it begins. */
const turns = new WeakMap<Plane, Promise<unknown>>();

async function editTags(call: Call, edit: (present: Tag[]) => Tag[]): Promise<Answer> {
  havipsOnly(call.parameters);
  const ids = [...new Set(call.parameters.list('ResourceId', RESOURCES_MAX))];
  if (ids.length === 0) throw missing('ResourceId.1');
  const turn = (turns.get(call.plane) ?? Promise.resolve()).then(async () => {
    const steps = ids.map((id) => {
      return { kind: 'edit-havip' as const, havip: id, tags: edit(havipOf(call, id).tags) };
    });
    await submit(call, { kind: 'all', steps });
    return {};
  });
  turns.set(
    call.plane,
    turn.catch(() => {}),
  );
  return turn;
}

function havipOf({ plane }: Call, id: string): Havip {
  const havip = plane.inventory.havip(id);
  if (havip !== undefined) return havip;
  throw refusalError({ code: 'havip-not-found', message: `there is no HaVip ${id}` });
}

/** The SDK's page has HAVIP for tags and HaVip for groups; Terraform sends HAVIP for both. */
function havipsOnly(parameters: Parameters): void {
  if (parameters.required('ResourceType').toUpperCase() === 'HAVIP') return;
  const message = 'Only HaVips are served here: set ResourceType to HAVIP.';
  throw new AlibabaError(400, 'InvalidResourceType.NotSupported', message);
}

function tagResource(ResourceId: string, TagKey: string, TagValue: string) {
  return { ResourceId, ResourceType: 'HAVIP', TagKey, TagValue };
}
