/** What a lab's file asks for against the rules of its cloud: refused at the field in question. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openAccount } from '../../src/lab/account.ts';
import { parseLab, placedError } from '../../src/lab/file/lab-file.ts';

async function refusal(
  provider: string,
  havips: string,
  { ip = '10.0.0.10', state = null as string | null } = {},
): Promise<string> {
  const text = `provider: ${provider}
subnets: { s: { cidr: [10.0.0.0/24, "fd00::/64"] } }
instances:
  a: { enis: { eth0: { subnet: s, ip: ${ip} } } }
  b: { enis: { eth0: { subnet: s, ip: 10.0.0.11 } } }
  c: { enis: { eth0: { subnet: s, ip: 10.0.0.12 } } }
havips:
${havips}
`;
  try {
    const now = () => 0;
    await openAccount(parseLab(text, 'lab.yaml'), { state, now, warn: () => {} });
    return 'none';
  } catch (error) {
    return (placedError(error, text, 'lab.yaml') as Error).message;
  }
}

test.each([
  [
    'too many hosts',
    refusal('alibaba-2021', '  w: { subnet: s, ip: 10.0.0.88, bind: [a, b, c] }'),
    'lab.yaml:8: havips.w.bind: havip w has 3 bound hosts; alibaba-2021 allows 2 (A3); take 1 away',
  ],
  [
    'an address that the cloud keeps',
    refusal('ucloud', '  v: { subnet: s }\n  w: { subnet: s, ip: 10.0.0.1 }'),
    'lab.yaml:9: havips.w.ip: havip w has 10.0.0.1, which ucloud keeps for itself in 10.0.0.0/24; ' +
      'choose another address; reserved there: 10.0.0.0, 10.0.0.255, fd00::, 10.0.0.1, fd00::1',
  ],
  [
    'an ENI with one',
    refusal('tencent', '  v: { subnet: s }', { ip: '10.0.0.255' }),
    /^lab\.yaml:4: instances\.a\.enis\.eth0\.ip: eni a\/eth0 has 10\.0\.0\.255, which tencent/,
  ],
  [
    'too many HaVips of an instance',
    refusal(
      'ucloud',
      [1, 2, 3, 4, 5, 6]
        .map((i) => `  w${i}: { subnet: s, ip: 10.0.0.10${i}, bind: a }`)
        .join('\n'),
    ),
    /^lab\.yaml:4: instances\.a: instance a has 6 HaVips; ucloud allows 5/,
  ],
  [
    'an IPv6 HaVip where there is none',
    refusal('alibaba', '  w: { subnet: s, ip: "fd00::88" }'),
    /^lab\.yaml:8: havips\.w\.ip: havip w is fd00::88; alibaba offers no IPv6 HaVip; use/,
  ],
  [
    'too many of a VPC',
    refusal('tencent', Array.from({ length: 11 }, (_, i) => `  w${i}: { subnet: s }`).join('\n')),
    /^lab\.yaml:7: havips: vpc default has 11 HaVips; tencent allows 10/,
  ],
  ['nothing', refusal('huawei', '  w: { subnet: s }'), 'none'],
])('%s', async (_, said, expected) => {
  if (typeof expected === 'string') expect(await said).toBe(expected);
  else expect(await said).toMatch(expected);
});

test('a lab that is refused leaves no state file behind', async () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'havip-account-'));
  const state = path.join(folder, 'lab.db');
  const said = await refusal('ucloud', '  w: { subnet: s, ip: 10.0.0.1 }', { state });
  expect(said).toContain('lab.yaml:8: havips.w.ip: ');
  expect(fs.readdirSync(folder)).toEqual([]);
  fs.rmSync(folder, { recursive: true });
});
