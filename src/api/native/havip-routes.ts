/** HaVips in the native API: list, search, create, edit, bind, delete one or many, take along. */
import type { z } from 'zod';
import { CSV_TYPE, csvOf, XLSX_TYPE, xlsxOf } from '../../havip/inventory/list-file.ts';
import { type ListFilter, rowOf, rowsOf } from '../../havip/inventory/listing.ts';
import { type Havip, type MemberRef, memberId } from '../../havip/inventory/resources.ts';
import type { ApiAnswer, ApiContext } from '../dialect.ts';
import { pageOf } from './paging.ts';
import { Problem, statusOf } from './problem.ts';
import { type Asked, type NativeRoute, NO_CONTENT, ok, route } from './route.ts';
import {
  BATCH_MAX,
  deletion,
  havipEdit,
  havipFilter,
  havipQuery,
  idList,
  idQuery,
  memberList,
  memberRef,
  newHavip,
} from './schemas.ts';

const TAG = 'havips';
const ALL = '/api/v1/havips';
const ONE = `${ALL}/{havip}`;

export const HAVIP_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: ALL,
    summary: 'List HaVips: search, filters, order, pages',
    tag: TAG,
    query: havipQuery,
    success: { status: 200, summary: 'A page of them', schema: 'Havip', isPage: true },
    run: ({ context, query }) => pageOf(rowsOf(context.plane, filterOf(query)), query),
  }),
  route({
    method: 'GET',
    path: `${ALL}.csv`,
    summary: 'The whole list as CSV (RFC 4180), filtered and sorted alike',
    tag: TAG,
    query: havipFilter,
    success: { status: 200, summary: 'A line of titles and one a HaVip', contentType: CSV_TYPE },
    run: ({ context, query }) =>
      file(csvOf(rowsOf(context.plane, filterOf(query))), CSV_TYPE, 'havips.csv'),
  }),
  route({
    method: 'GET',
    path: `${ALL}.xlsx`,
    summary: 'The whole list as a spreadsheet, filtered and sorted alike',
    tag: TAG,
    query: havipFilter,
    success: { status: 200, summary: 'A workbook of one sheet', contentType: XLSX_TYPE },
    run: async ({ context, query }) => {
      const octets = await xlsxOf(rowsOf(context.plane, filterOf(query)));
      return file(Buffer.from(octets), XLSX_TYPE, 'havips.xlsx');
    },
  }),
  route({
    method: 'POST',
    path: ALL,
    summary: 'Create a HaVip; members, where given, are bound with it or nothing is done',
    tag: TAG,
    body: newHavip,
    success: { status: 201, summary: 'It is there', schema: 'Havip' },
    run: async ({ context, body, submit }) => {
      const { subject, advice } = await submit({ kind: 'create-havip', ...body });
      const headers = { location: `${ALL}/${encodeURIComponent(subject)}` };
      return { ...shown(context, subject, advice, 201), headers };
    },
  }),
  route({
    method: 'DELETE',
    path: ALL,
    summary: 'Delete several HaVips, each by itself',
    tag: TAG,
    query: idQuery,
    success: { status: 200, summary: 'What became of each', schema: 'BatchResult' },
    run: (asked) => deleteAll(asked, asked.query.ids.split(',').filter(Boolean)),
  }),
  route({
    method: 'POST',
    path: `${ALL}:delete`,
    summary: 'Delete several HaVips, each by itself',
    tag: TAG,
    body: idList,
    success: { status: 200, summary: 'What became of each', schema: 'BatchResult' },
    run: (asked) => deleteAll(asked, asked.body.ids),
  }),
  route({
    method: 'GET',
    path: ONE,
    summary: 'Show a HaVip',
    tag: TAG,
    success: { status: 200, summary: 'It as it is', schema: 'Havip' },
    run: ({ context, parameter }) => shown(context, parameter('havip')),
  }),
  route({
    method: 'PATCH',
    path: ONE,
    summary: 'Edit name, description, group, tags, checkAssociate',
    tag: TAG,
    body: havipEdit,
    success: { status: 200, summary: 'It as it is now', schema: 'Havip' },
    run: async ({ context, parameter, body, submit }) => {
      const havip = parameter('havip');
      const { advice } = await submit({ kind: 'edit-havip', havip, ...body });
      return shown(context, havip, advice);
    },
  }),
  route({
    method: 'DELETE',
    path: ONE,
    summary: 'Delete a HaVip',
    tag: TAG,
    success: { status: 204, summary: 'It is gone' },
    run: async ({ parameter, submit }) => {
      await submit({ kind: 'delete-havip', havip: parameter('havip') });
      return NO_CONTENT;
    },
  }),
  route({
    method: 'POST',
    path: `${ONE}/members`,
    summary: 'Bind an instance or an ENI',
    tag: TAG,
    body: memberRef,
    success: { status: 200, summary: 'The HaVip as it is now', schema: 'Havip' },
    run: async ({ context, parameter, body, submit }) => {
      const havip = parameter('havip');
      const { advice } = await submit({ kind: 'associate', havip, member: body });
      return shown(context, havip, advice);
    },
  }),
  route({
    method: 'PUT',
    path: `${ONE}/members`,
    summary: 'Replace the whole set of who is bound',
    tag: TAG,
    body: memberList,
    success: { status: 200, summary: 'The HaVip as it is now', schema: 'Havip' },
    run: async ({ context, parameter, body, submit }) => {
      const havip = parameter('havip');
      const { advice } = await submit({ kind: 'set-members', havip, ...body });
      return shown(context, havip, advice);
    },
  }),
  route({
    method: 'DELETE',
    path: `${ONE}/members/{member}`,
    summary: 'Unbind an instance or an ENI, by its id',
    tag: TAG,
    query: deletion,
    success: { status: 200, summary: 'The HaVip as it is now', schema: 'Havip' },
    run: async ({ context, parameter, query, submit }) => {
      const havip = parameter('havip');
      const member = memberNamed(context, havip, parameter('member'));
      const force = query.force === 'true';
      const { advice } = await submit({ kind: 'disassociate', havip, member, force });
      return shown(context, havip, advice);
    },
  }),
];

function filterOf({ q, order, ...query }: z.output<typeof havipFilter>): ListFilter {
  const { status, subnet, vpc, address, name, member, holder, sort } = query;
  const fields = { status, subnet, vpc, address, name, member, holder, sort, text: q };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as ListFilter), isDescending: order === 'desc' };
}

function havipOf({ plane }: ApiContext, id: string): Havip {
  const havip = plane.inventory.havip(id);
  if (havip !== undefined) return havip;
  throw new Problem('havip-not-found', `there is no HaVip ${JSON.stringify(id)}`);
}

function shown(context: ApiContext, id: string, advice: string[] = [], status = 200): ApiAnswer {
  const row = rowOf(context.plane, havipOf(context, id));
  return ok(advice.length === 0 ? row : { ...row, advice }, status);
}

/** An id says by itself neither instance nor ENI; who is bound is asked first. */
function memberNamed(context: ApiContext, havip: string, id: string): MemberRef {
  const bound = havipOf(context, havip).members.find((member) => memberId(member) === id);
  if (bound !== undefined) return bound;
  return context.plane.inventory.eni(id) === undefined ? { instance: id } : { eni: id };
}

async function deleteAll(
  { attempt }: Pick<Asked<unknown, unknown>, 'attempt'>,
  ids: readonly string[],
): Promise<ApiAnswer> {
  if (ids.length > BATCH_MAX) {
    throw new Problem('malformed', `at most ${BATCH_MAX} HaVips are deleted by one request`);
  }
  const results: object[] = [];
  for (const id of new Set(ids)) {
    const outcome = await attempt({ kind: 'delete-havip', havip: id }, id);
    if (outcome.ok) results.push({ id, ok: true, status: 204 });
    else {
      const { code, message: detail } = outcome;
      results.push({ id, ok: false, status: statusOf(code), code, detail });
    }
  }
  return ok({ results });
}

function file(body: string | Buffer, type: string, name: string): ApiAnswer {
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body };
}
