// An IPv6 address has many forms: whichever is asked for, the VIP has the one of RFC 5952, and
// whichever names it, it is found.
import { beforeEach, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { ask, makeVip, pairsOf } from './ask.ts';

const AS_TYPED = 'FD00:0:0:6:0:0:0:88';
const CANONICAL = 'fd00:0:0:6::88';
const FORMS = [AS_TYPED, CANONICAL, 'fd00::6:0:0:0:88'];

let lab: Account;
let id: string;

beforeEach(async () => {
  lab = account('huawei');
  const { inventory } = lab.plane;
  const subnet = inventory.subnet('vsw-1')!;
  const eni = inventory.eni('i-1.eth0')!;
  inventory.apply({
    deletes: [],
    upserts: [
      { ...subnet, cidrs: [...subnet.cidrs, 'fd00:0:0:6::/64'] },
      { ...eni, addresses: [...eni.addresses, 'fd00:0:0:6::11'] },
    ],
  });
  id = await makeVip(lab, { address: AS_TYPED });
});

it('is shown in its canonical form', async () => {
  const { body } = await ask(lab, `GET {p}/ports/${id}`);
  expect(body.port.fixed_ips).toEqual([{ subnet_id: 'vsw-1', ip_address: CANONICAL }]);
  expect(lab.changes).toMatchObject([{ command: 'add-havip', havip: { address: CANONICAL } }]);
});

it.each(FORMS)('is found by %s', async (form) => {
  const filter = encodeURIComponent(`ip_address=${form}`);
  const { body } = await ask(lab, `GET {p}/ports?fixed_ips=${filter}`);
  expect(body.ports).toMatchObject([{ id }]);
});

it.each(FORMS)('is the next hop of a route by %s, which is deleted by any', async (nexthop) => {
  const line = 'PUT {p}/routetables/rtb-vpc-1';
  const destination = 'FD00:0:0:9::9/64';
  const add = [{ type: 'vip', destination, nexthop }];
  const added = await ask(lab, line, { routetable: { routes: { add } } });
  expect(added).toMatchObject({
    status: 200,
    body: { routetable: { routes: [{ destination: 'fd00:0:0:9::/64', nexthop: CANONICAL }] } },
  });
  for (const form of FORMS) {
    const swap = { del: [{ destination, nexthop: form }], add };
    const swapped = await ask(lab, line, { routetable: { routes: swap } });
    expect(swapped.status).toBe(200);
  }
});

it.each(FORMS)('gets a NIC by %s', async (ip_address) => {
  const nic = { subnet_id: 'vsw-1', ip_address, reverse_binding: true };
  const answer = await ask(lab, 'PUT {p}/cloudservers/nics/i-1.eth0', { nic });
  expect(answer.status).toBe(200);
  expect(await pairsOf(lab, id)).toEqual(['fd00:0:0:6::11']);
});
