/** The first claim in view of an address whose former holder is known by its answers alone. */
import { describe, expect, test } from 'vitest';
import type { Site } from '../../src/dataplane/address-plan.ts';
import { compile } from '../../src/havip/compile.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { textReport } from '../../src/report/text.ts';
import { announcement, arp } from '../dataplane/frames.ts';
import { topologyOf } from '../dataplane/site.ts';
import { Concert, craft, NODE_A } from './detectors/craft.ts';
import { A, A_IP, B, B_IP, C, CLIENT, CLIENT_IP, echo, VIP } from './scene.ts';

const GATEWAY = '00:16:3e:00:00:99';

function site(provider: ProviderName = 'classic'): Site {
  return compile(topologyOf(provider));
}

/** A client asks ten times a second: from second 2 to 5 in vain, and B announces at 5. */
function served(asked = A, server = A): Concert {
  const concert = new Concert();
  concert.at(0, arp({ operation: 1, source: A, spa: A_IP, tpa: CLIENT_IP }));
  for (let i = 0; i < 80; i++) {
    const second = 0.05 + i / 10;
    const [to, by] = second < 5 ? [asked, server] : [B, B];
    concert.at(second, echo(true, { sequence: i, server: to }));
    if (second > 2 && second < 5) continue;
    concert.at(second + 0.001, echo(false, { sequence: i, server: by }));
  }
  concert.announce(5, B, VIP);
  return concert;
}

describe('an address that another host has answered for', () => {
  test('is taken from that host', async () => {
    const result = await served().scene().replay({ site: site() });
    expect(result.failovers).toMatchObject([
      { t: 5, from: { mac: A }, to: { mac: B }, cause: 'announcement', outageSeconds: 3.1 },
    ]);
    expect(result.havips[0]).toMatchObject({ ip: VIP, claims: { moved: 1 }, holder: B });
    expect(result.outages).toMatchObject([{ failover: 0, before: { mac: A }, after: { mac: B } }]);
    const text = textReport(result, { width: 400, color: false, unicode: true });
    expect(text).toContain(`i-${A} had answered for it; its own claim is not in the capture`);
  });
});

test('a host that speaks no VRRP takes it from the master that answered', async () => {
  const concert = new Concert();
  for (let second = 0; second <= 8; second++) concert.at(second, craft(NODE_A));
  for (let i = 0; i < 50; i++) {
    const second = 0.05 + i / 10;
    concert.at(second, echo(true, { sequence: i, server: A }));
    concert.at(second + 0.001, echo(false, { sequence: i, server: A }));
  }
  concert.announce(5, C, VIP);
  const { failovers } = await concert.scene().replay();
  expect(failovers).toMatchObject([{ t: 5, from: { mac: A }, to: { mac: C } }]);
});

describe('nothing is taken', () => {
  async function none(concert: Concert, provider?: ProviderName): Promise<void> {
    const result = await concert.scene().replay({ site: site(provider) });
    expect(result.failovers).toEqual([]);
    expect(result.havips[0]?.timeline[0]).toMatchObject({ mac: B, cause: 'initial' });
  }

  test('from servers to which a director of LVS in DR mode sends what it is asked', async () => {
    await none(served(B, A));
  });

  test('where the capture shows what the director sends on', async () => {
    const concert = served(B, A);
    for (let i = 0; i < 50; i++) {
      const relayed = echo(true, { sequence: i, client: B, server: A });
      concert.at(0.0505 + i / 10, relayed);
    }
    await none(concert);
  });

  test('from a switch that forwards by IP', async () => {
    await none(served(GATEWAY, GATEWAY));
  });

  test('from a host whose own claim the rules refused', async () => {
    const concert = served(CLIENT, CLIENT);
    concert.at(0.02, announcement(CLIENT, VIP));
    await none(concert, 'alibaba');
  });

  test('by who has answered all along', async () => {
    const concert = served(B, B);
    concert.at(0.02, arp({ operation: 1, source: B, spa: B_IP, tpa: CLIENT_IP }));
    await none(concert);
  });
});
