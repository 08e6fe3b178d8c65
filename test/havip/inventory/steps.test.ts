// Several operations as one: all of them or none, each judged after those before it.
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/havip/inventory/operation.ts';
import { account } from '../../api/account.ts';

const CALLER = { dialect: 'native', call: 'test', requestId: 'r' };
const creation = (address: string | null): Step => {
  return { kind: 'create-havip', subnet: 'vsw-1', address };
};

describe('steps', () => {
  it('see what those before them made', async () => {
    const { plane, changes } = account('tencent');
    const outcome = await plane.submit(
      { kind: 'all', steps: [creation(null), creation(null)] },
      CALLER,
    );
    expect(outcome).toMatchObject({ ok: true, subjects: [expect.any(String), expect.any(String)] });
    const made = plane.inventory.all('havip');
    expect(new Set(made.map(({ address }) => address)).size).toBe(2);
    expect(changes.map(({ command }) => command)).toEqual(['add-havip', 'add-havip']);
  });

  it('leave nothing where a later one is refused', async () => {
    const { plane, changes } = account('tencent');
    const { inventory } = plane;
    await plane.submit(creation('192.168.0.90'), CALLER);
    const [there] = inventory.all('havip');
    const route = (destination: string): Step => {
      return { kind: 'create-route', table: 'rtb-vpc-1', destination, havip: there?.id as string };
    };
    for (const one of ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16']) {
      await plane.submit(route(one), CALLER);
    }
    const kinds = ['havip', 'route', 'eip'] as const;
    const before = structuredClone(kinds.map((kind) => inventory.all(kind)));
    const told = changes.length;
    const [first] = inventory.all('route');
    const outcome = await plane.submit(
      {
        kind: 'all',
        steps: [
          { kind: 'delete-route', route: first?.id as string },
          creation('192.168.0.91'),
          { kind: 'edit-havip', havip: there?.id as string, name: 'other' },
          creation('192.168.0.91'),
        ],
      },
      CALLER,
    );
    expect(outcome).toMatchObject({ ok: false, code: 'address-in-use' });
    expect(kinds.map((kind) => inventory.all(kind))).toEqual(before);
    expect(changes.length).toBe(told);
    expect(inventory.ownerOf('vsw-1', '192.168.0.91')).toBeUndefined();
    // The first free address is still the first.
    await plane.submit(creation(null), CALLER);
    expect(inventory.all('havip').at(-1)?.address).toBe('192.168.0.2');
  });

  it('leave out what one made and a later one deleted', async () => {
    const { plane } = account('ucloud');
    const { inventory } = plane;
    const made = await plane.submit({ kind: 'create-eip', address: null }, CALLER);
    const eip = made.ok ? made.subject : '';
    const outcome = await plane.submit(
      {
        kind: 'all',
        steps: [
          { kind: 'delete-eip', eip },
          { kind: 'create-eip', address: null },
        ],
      },
      CALLER,
    );
    expect(outcome.ok).toBe(true);
    expect(inventory.all('eip')).toHaveLength(1);
    expect(inventory.eip(eip)).toBeUndefined();
  });
});
