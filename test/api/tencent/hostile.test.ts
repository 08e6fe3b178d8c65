// Whatever a request holds, the answer is HTTP 200 in Tencent's shape, and nothing is thrown.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tencent } from '../../../src/api/tencent/tencent.ts';
import { account } from '../account.ts';
import { actionHeaders, type Response, request } from './asking.ts';

const NAMES = [
  'HaVipId HaVipName VpcId SubnetId Vip CheckAssociate Tags HaVipAssociationSet ClientToken',
  'HaVipIds Filters Offset Limit AddressIp TaskId LimitTypes RouteTableId Routes __proto__',
]
  .join(' ')
  .split(' ');

const ACTIONS =
  'CreateHaVip DeleteHaVip DescribeHaVips ModifyHaVipAttribute HaVipAssociateAddressIp ' +
  'HaVipDisassociateAddressIp AssociateHaVipInstance DisassociateHaVipInstance ' +
  'DescribeVpcTaskResult DescribeVpcLimits CreateRoutes DeleteRoutes';

const name = fc.constantFrom(...NAMES);
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('vpc-1', 'vsw-1', 'i-1', '192.168.0.100', '', null),
);
const value = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 4 }),
  fc.array(
    fc.dictionary(
      fc.constantFrom('Name', 'Values', 'Key', 'Value', 'InstanceId', 'InstanceType', 'HaVipId'),
      fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })),
    ),
    { maxLength: 4 },
  ),
);
const action = fc.constantFrom(...ACTIONS.split(' '));

function expectShape(answer: { status: number; body: unknown }): void {
  expect(answer.status).toBe(200);
  const { Response: response } = JSON.parse(JSON.stringify(answer.body)) as Response;
  expect(response.RequestId).toMatch(/^[0-9a-f-]{36}$/);
  if (response.Error === undefined) return;
  expect(response.Error.Code).toMatch(/^[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?$/);
  expect(response.Error.Message).not.toBe('');
}

describe('hostile requests', () => {
  it('of JSON', async () => {
    const { context } = account('tencent');
    await fc.assert(
      fc.asyncProperty(action, fc.dictionary(name, value), async (call, parameters) => {
        const body = Buffer.from(JSON.stringify(parameters));
        const headers = { 'content-type': 'application/json', ...actionHeaders(call) };
        const asked = request({ method: 'POST', headers, body });
        expectShape(await tencent.answer(asked, context));
      }),
      { numRuns: 500 },
    );
  });

  it('of text, with any name', async () => {
    const { context } = account('tencent');
    const flatName = fc.oneof(
      fc.string(),
      fc
        .tuple(name, fc.constantFrom('', '.0', '.0.Name', '.1.Values.0', '.-1', '..', '.99999999'))
        .map(([first, rest]) => first + rest),
    );
    await fc.assert(
      fc.asyncProperty(
        action,
        fc.array(fc.tuple(flatName, fc.string()), { maxLength: 8 }),
        async (Action, pairs) => {
          const rawQuery = String(new URLSearchParams([...pairs, ['Version', '2017-03-12']]));
          const asked = request({ rawQuery: `${rawQuery}&Action=${Action}` });
          expectShape(await tencent.answer(asked, context));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of headers and signatures', async () => {
    const { context } = account('tencent', [['id', 'key']]);
    const header = fc.constantFrom('authorization', 'x-tc-timestamp', 'host', 'content-type');
    await fc.assert(
      fc.asyncProperty(fc.dictionary(header, fc.string()), async (headers) => {
        const asked = request({ headers: { ...actionHeaders('DescribeHaVips'), ...headers } });
        const answer = await tencent.answer(asked, context);
        expectShape(answer);
        expect(JSON.stringify(answer.body)).toContain('AuthFailure');
      }),
      { numRuns: 300 },
    );
  });

  it('of depth', async () => {
    const { context } = account('tencent');
    const deep = Buffer.from(`{"HaVipIds":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
    const asked = request({ method: 'POST', headers: actionHeaders('DescribeHaVips'), body: deep });
    expectShape(await tencent.answer(asked, context));
  });
});
