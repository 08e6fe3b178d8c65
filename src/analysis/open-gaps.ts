import { CLIENT, type Clients } from './clients.ts';

/**
 * The longest stretch without answers around `time` that clients of address `id` have seen and
 * that has ended, in nanoseconds; NaN for none. The outages themselves wait a second longer, for
 * answers that come late; a report of a running switch does not.
 */
export function openGapAround(clients: Clients, id: number, time: number): number {
  const { numbers } = clients;
  let longest = Number.NaN;
  for (let client = 0; client < clients.size; client++) {
    if (clients.addressId(client) !== id) continue;
    const at = client * CLIENT.WIDTH;
    const start = numbers[at + CLIENT.GAP_START] as number;
    const end = numbers[at + CLIENT.GAP_END] as number;
    // One request's spacing before the last answer still counts, as in a replay's outages.
    const earliest = start - (numbers[at + CLIENT.SPACING] as number);
    if (!(time >= earliest && time <= end)) continue;
    if (!(longest >= end - start)) longest = end - start;
  }
  return longest;
}
