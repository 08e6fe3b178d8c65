import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { labJsonSchema } from '../../src/lab/file/lab-file.ts';

const PUBLISHED = new URL('../../docs/lab-file.schema.json', import.meta.url);

describe('the published JSON Schema', () => {
  it('is current (vitest -u writes it anew)', async () => {
    const text = JSON.stringify(labJsonSchema(), null, 2) + '\n';
    await expect(text).toMatchFileSnapshot(PUBLISHED.pathname);
  });

  it('accepts a lab and refuses an unknown key, a bad MAC and a missing address', () => {
    const schema = z.fromJSONSchema(JSON.parse(readFileSync(PUBLISHED, 'utf8')));
    const lab = (eni: Record<string, unknown>) => ({
      provider: 'classic',
      subnets: { a: { cidr: ['10.0.0.0/24', 'fd00::/64'], gateway: '10.0.0.1' } },
      instances: { one: { enis: { eth0: { subnet: 'a', ...eni } }, run: ['true'] } },
      havips: { web: { subnet: 'a', ip: '10.0.0.88', bind: ['one'] } },
      quotas: { havipsPerVpc: 3 },
    });
    const isLawful = (eni: Record<string, unknown>) => schema.safeParse(lab(eni)).success;
    const good = lab({ ip: '10.0.0.9', mac: '00:16:3e:00:00:01', mtu: 1500 });
    expect(schema.safeParse(good).error?.issues).toBeUndefined();
    expect(isLawful({ ip: '10.0.0.9', mac: '00:16:3e:00:00' })).toBe(false);
    expect(isLawful({ ip: '10.0.0.9', speed: 7 })).toBe(false);
    expect(isLawful({})).toBe(false);
  });
});
