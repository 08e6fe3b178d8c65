/** What the capture point has not seen, beside a host that asks for every address there is. */
import { expect, test } from 'vitest';
import { CaptureView } from '../../src/analysis/capture-view.ts';
import { Clock } from '../../src/analysis/clock.ts';
import { Classifier } from '../../src/dataplane/classifier.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { arp } from '../dataplane/frames.ts';
import { A, A_IP, CLIENT, CLIENT_IP, VIP } from './scene.ts';

const SECOND = 1e9;
const TARGET_AT = 38;

class Watch {
  readonly clock = new Clock();
  readonly view = new CaptureView(this.clock);
  private readonly seen = new Classifier();
  private readonly frame: DataView;

  /** Broadcasts of one host. */
  constructor(source: string, spa: string) {
    const destination = 'ff:ff:ff:ff:ff:ff';
    this.frame = arp({ operation: 1, source, destination, sha: source, spa, tpa: VIP });
  }

  /** The host asks for `count` addresses of 10.0.0.0/8, a hundred a second. */
  scan(count: number): void {
    for (let i = 0; i < count; i++) this.ask(0x0a000000 + i, 0.01);
  }

  /** The host asks for an address, so many seconds after what came before; gives the frame. */
  ask(target: number, later: number): number {
    const { clock, view, seen, frame } = this;
    clock.now += later * SECOND;
    frame.setUint32(TARGET_AT, target);
    seen.classify(frame, 0, frame.byteLength, 1);
    clock.frame++;
    view.onResolution(frame, seen);
    return clock.frame;
  }

  get answeredElsewhere(): number | undefined {
    const vip = parseIpv4(VIP);
    const isVip = (_: number, address: number) => address === vip;
    return this.view.answeredElsewhere(() => true, isVip)?.frame;
  }
}

test.each([0, 5000, 20_000])('a question after %i of a scan is heard', (count) => {
  const watch = new Watch(A, A_IP);
  watch.scan(count);
  const asked = watch.ask(parseIpv4(VIP) as number, 1);
  watch.scan(1000);
  expect(watch.answeredElsewhere).toBe(asked);
});

test('a client that has just asked misses no echoes, whoever has scanned before', () => {
  const watch = new Watch(CLIENT, CLIENT_IP);
  watch.scan(100_000);
  const { clock, view } = watch;
  const [client, vip] = [CLIENT_IP, VIP].map((ip) => String(parseIpv4(ip))) as [string, string];
  const since = clock.now;
  view.onMissingEchoes(client, vip, 9, since + SECOND);
  expect(view.missingEchoes?.frame).toBe(100_000);
  view.missingEchoes = null;
  watch.ask(parseIpv4(VIP) as number, 1);
  watch.scan(1000);
  view.onMissingEchoes(client, vip, 9, since);
  expect(view.missingEchoes).toBeNull();
});
