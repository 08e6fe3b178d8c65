import { formatMac } from '../../wire/mac.ts';
import type { Entries } from '../entries.ts';

/** How findings name hosts and addresses. */
export class AddressWords {
  private readonly entries: Entries;

  constructor(entries: Entries) {
    this.entries = entries;
  }

  /** `ecs-1 (00:16:3e:00:00:01)` by the lab's name or its adverts' source, else the MAC alone. */
  host(mac: number): string {
    const name = this.entries.name(mac) ?? this.entries.speakerWithMac(mac);
    return name === null ? formatMac(mac) : `${name} (${formatMac(mac)})`;
  }

  ip(id: number): string {
    return this.entries.ip(id);
  }
}
