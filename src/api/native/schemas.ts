/**
 * What the native API takes and gives, as schemas: requests are checked by them, and all of them
 * stand in the OpenAPI document.
 */
import { z } from 'zod';
import { SORT_KEYS } from '../../havip/inventory/listing.ts';
import { QUOTA_NAMES } from '../../havip/rule-set.ts';

/** Characters of an id; what is longer names nothing. */
const ID_MAX = 128;
const TEXT_MAX = 2048;
const MEMBERS_MAX = 100;
const TAGS_MAX = 100;
export const BATCH_MAX = 1000;
const PAGE_MAX = 1000;
const PAGE_DEFAULT = 100;

const id = z.string().min(1).max(ID_MAX);
const text = z.string().max(TEXT_MAX);
const tag = z.strictObject({ key: text, value: text });

export const memberRef = z.union([z.strictObject({ instance: id }), z.strictObject({ eni: id })]);

const texts = {
  name: text.exactOptional(),
  description: text.exactOptional(),
  group: text.exactOptional(),
  tags: z.array(tag).max(TAGS_MAX).exactOptional(),
  checkAssociate: z
    .boolean()
    .exactOptional()
    .meta({ description: 'Whether only who is bound may claim it (Tencent).' }),
};

export const newHavip = z.strictObject({
  subnet: id,
  vpc: id
    .exactOptional()
    .meta({ description: 'Where it is said, it must be the VPC of the subnet.' }),
  address: z
    .string()
    .max(ID_MAX)
    .nullable()
    .default(null)
    .meta({ description: 'Absent or null: the first free one.' }),
  members: z.array(memberRef).max(MEMBERS_MAX).exactOptional(),
  ...texts,
});

export const havipEdit = z.strictObject(texts);
export const memberList = z.strictObject({ members: z.array(memberRef).max(MEMBERS_MAX) });
export const idList = z.strictObject({ ids: z.array(id).min(1).max(BATCH_MAX) });
export const idQuery = z.strictObject({
  ids: z.string().min(1).meta({ description: 'Ids with commas between them.' }),
});
export const deletion = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Unbind it even where it holds the HaVip.' }),
});
export const newEip = z.strictObject({ address: z.string().max(ID_MAX).nullable().default(null) });
export const eipEdit = z.strictObject({
  havip: id.nullable().meta({ description: 'The HaVip to associate it with; null: with none.' }),
});
export const newRoute = z.strictObject({
  table: id,
  destination: z.string().max(ID_MAX).meta({ description: 'A CIDR block.' }),
  havip: id.meta({ description: 'The next hop.' }),
});
export const instanceEdit = z.strictObject({ status: z.enum(['running', 'stopped']) });
export const eniEdit = z.union([
  z.strictObject({ instance: id.nullable().meta({ description: 'null detaches it.' }) }),
  z.strictObject({ sourceDestCheck: z.boolean() }),
]);
export const quotaEdit = z.strictObject({ most: z.number().int().min(0).max(1_000_000) });

/** Digits: what Number() takes beside them (nothing at all, `0x10`) is no number of a page. */
function whole(number: z.ZodNumber) {
  return z.preprocess((text) => (/^\d{1,9}$/.test(String(text)) ? Number(text) : text), number);
}

const page = {
  q: z
    .string()
    .max(TEXT_MAX)
    .exactOptional()
    .meta({ description: 'Every word has to be found in name, id, address or description.' }),
  limit: whole(z.number().int().min(1).max(PAGE_MAX)).default(PAGE_DEFAULT),
  offset: whole(z.number().int().min(0)).default(0),
};

export const vpcQuery = z.strictObject(page);
export const subnetQuery = z.strictObject({ ...page, vpc: id.exactOptional() });
export const instanceQuery = z.strictObject({
  ...page,
  status: z.enum(['running', 'stopped']).exactOptional(),
});
export const eniQuery = z.strictObject({
  ...page,
  subnet: id.exactOptional(),
  instance: id.exactOptional(),
});
export const eipQuery = z.strictObject({ ...page, havip: id.exactOptional() });
export const routeQuery = z.strictObject({
  ...page,
  table: id.exactOptional(),
  havip: id.exactOptional(),
});

const havipFilters = {
  q: page.q,
  status: z.enum(['available', 'in-use']).exactOptional(),
  subnet: id.exactOptional(),
  vpc: id.exactOptional(),
  address: id.exactOptional(),
  name: text.exactOptional(),
  member: id.exactOptional().meta({ description: 'An instance or ENI that is bound.' }),
  holder: id.exactOptional().meta({ description: 'The instance or ENI that holds it.' }),
  sort: z.enum(SORT_KEYS).exactOptional(),
  order: z.enum(['asc', 'desc']).exactOptional(),
};

export const havipFilter = z.strictObject(havipFilters);
export const havipQuery = z.strictObject({
  ...havipFilters,
  limit: page.limit,
  offset: page.offset,
});
export const historyQuery = z.strictObject({
  havip: id.exactOptional(),
  since: z.iso
    .datetime({ offset: true })
    .exactOptional()
    .meta({ description: 'Nothing older (ISO 8601).' }),
  limit: page.limit,
});

const holder = z.strictObject({
  mac: z.string(),
  instance: z.string().nullable(),
  eni: z.string().nullable(),
  address: z.string().nullable(),
});
const advice = z
  .array(z.string())
  .exactOptional()
  .meta({ description: 'What the vendor advises against and does not refuse.' });

/** Answers, by the name that they have in the document. */
export const SCHEMAS = {
  Vpc: z.strictObject({ id, name: z.string() }),
  Subnet: z.strictObject({
    id,
    name: z.string(),
    vpc: z.string(),
    cidrs: z.array(z.string()),
    gateways: z.array(z.string()),
  }),
  Instance: z.strictObject({
    id,
    name: z.string(),
    status: z.enum(['running', 'stopped']),
    enis: z.array(z.string()),
  }),
  Eni: z.strictObject({
    id,
    name: z.string(),
    instance: z.string().nullable(),
    home: z.string().meta({ description: 'The instance that the lab file gave it to.' }),
    subnet: z.string(),
    addresses: z.array(z.string()),
    mac: z.string().nullable(),
    sourceDestCheck: z.boolean(),
    isPrimary: z.boolean(),
  }),
  Havip: z.strictObject({
    id,
    name: z.string(),
    description: z.string(),
    status: z.enum(['available', 'in-use']),
    address: z.string(),
    subnet: z.string(),
    vpc: z.string(),
    holder: holder.nullable(),
    since: z.iso.datetime().nullable(),
    members: z.array(z.string()),
    membersAre: z.enum(['instances', 'enis', 'both', 'none']),
    eips: z.array(z.strictObject({ id, address: z.string() })),
    routes: z.array(z.string()),
    checkAssociate: z.boolean(),
    group: z.string(),
    tags: z.array(tag),
    createdAt: z.iso.datetime(),
    advice,
  }),
  Eip: z.strictObject({ id, address: z.string(), havip: z.string().nullable() }),
  RouteTable: z.strictObject({ id, vpc: z.string(), routes: z.array(z.string()) }),
  Route: z.strictObject({
    id,
    table: z.string(),
    destination: z.string(),
    havip: z.string(),
    advice,
  }),
  Quota: z.strictObject({
    id: z.enum(QUOTA_NAMES),
    most: z.number().int(),
    default: z.number().int().nullable().meta({ description: "The vendor's; null: none." }),
    isAdvice: z.boolean(),
    isAdjustable: z.boolean(),
    source: z.string(),
  }),
  BatchResult: z.strictObject({
    results: z.array(
      z.strictObject({
        id,
        ok: z.boolean(),
        status: z.number().int(),
        code: z.string().exactOptional(),
        detail: z.string().exactOptional(),
      }),
    ),
  }),
  HistoryEntry: z.looseObject({}),
  Index: z.looseObject({ provider: z.string(), routes: z.array(z.string()) }),
  Health: z.strictObject({ status: z.literal('ok') }),
  OpenApi: z.looseObject({ openapi: z.string() }),
  Problem: z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    faults: z.array(z.strictObject({ field: z.string(), message: z.string() })).exactOptional(),
  }),
};

export type SchemaName = keyof typeof SCHEMAS;
