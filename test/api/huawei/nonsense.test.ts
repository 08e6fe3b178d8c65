// Whatever a request holds, it is answered, and what is refused changes nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { account } from '../account.ts';
import { ask, makeVip } from './ask.ts';

const NAMES = [
  'port',
  'publicip',
  'routetable',
  'nic',
  'routes',
  'add',
  'del',
  'mod',
  'network_id',
  'name',
  'device_owner',
  'admin_state_up',
  'fixed_ips',
  'subnet_id',
  'ip_address',
  'allowed_address_pairs',
  'port_id',
  'type',
  'destination',
  'nexthop',
  'reverse_binding',
];
const TEXTS = [
  '',
  'vsw-1',
  'i-1.eth0',
  '192.168.0.11',
  '192.168.0.88',
  '1.1.1.1/0',
  '0.0.0.0/0',
  '::1/200',
  '10.9.0.0/16',
  'neutron:VIP_PORT',
  'vip',
  '__proto__',
  'fd00::1%eth0',
  '\u0000\ud800',
];
const LINES = [
  'POST /v2.0/ports',
  'PUT /v2.0/ports/VIP',
  'PUT {p}/ports/i-1.eth0',
  'POST {p}/publicips',
  'PUT {p}/publicips/EIP',
  'PUT {p}/routetables/rtb-vpc-1',
  'PUT {p}/cloudservers/nics/i-1.eth0',
  'GET {p}/ports',
];

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'large' },
    fc.constantFrom<unknown>(...TEXTS, null, true, 0, -1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6 }),
  ),
}));

describe('nonsense', () => {
  it('is answered with a status and, where it is refused, a code; and then nothing is made', async () => {
    const lab = account('huawei');
    const vip = await makeVip(lab, { address: '192.168.0.88' });
    const made = await ask(lab, 'POST {p}/publicips', { publicip: {} });
    const eip = made.body.publicip.id;
    const wrapped = fc
      .tuple(fc.constantFrom('port', 'publicip', 'routetable', 'nic'), value)
      .map(([name, held]): unknown => ({ [name]: held }));
    const query = fc.webQueryParameters();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LINES),
        fc.oneof(wrapped, value),
        query,
        async (line, body, text) => {
          const target = `${line.replace('VIP', vip).replace('EIP', eip)}?${text}`;
          const before = lab.changes.length;
          const { status, body: answer } = await ask(lab, target, body);
          expect([200, 201, 400, 403, 404, 409]).toContain(status);
          if (status < 400) return;
          expect(answer.code).toMatch(/^(VPC|APIGW)\./);
          expect(lab.changes.length).toBe(before);
        },
      ),
      { numRuns: 400 },
    );
  }, 120_000);

  it('in place of a path is no API', async () => {
    const lab = account('huawei');
    const path = fc.webPath().map((text) => text.replace(/[? ]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/v1', '/v2.0', '//v1'), path, async (start, rest) => {
        const { status } = await ask(lab, `GET ${start}/${rest}`);
        expect([200, 400, 404]).toContain(status);
      }),
      { numRuns: 500 },
    );
  });
});
