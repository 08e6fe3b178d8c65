/**
 * The control plane's view of the switch: what it may be told, and what it tells. Names are those
 * of the topology: a HaVip's lane, `ecs-1`, `ecs-1/eth0`.
 */
import type { Havip } from '../topology.ts';

export type DataplaneChange =
  | { command: 'add-havip'; havip: Havip }
  | { command: 'remove-havip'; havip: string }
  | { command: 'bind'; havip: string; member: string }
  /** `spareHolder`: refused where the member holds the HaVip at that instant. */
  | { command: 'unbind'; havip: string; member: string; spareHolder: boolean }
  | { command: 'set-check-associate'; havip: string; checkAssociate: boolean }
  | { command: 'set-eni'; eni: EniState };

/** What may change of an ENI that the lab file named. Its port and name stay. */
export interface EniState {
  /** `ecs-1/eth1`, as the lab file has it. */
  name: string;
  /** False where it was deleted: its MAC and addresses are nobody's. */
  isThere: boolean;
  /** The instance whose bindings cover it; null for none. */
  instance: string | null;
  sourceDestCheck: boolean;
}

/** Why a change was not made. */
export type ChangeRefusal = 'holder' | 'other';

export interface Dataplane {
  /**
   * Makes the changes between two bursts, all of them or none; null where they are made. Only
   * `spareHolder` can be refused: everything else was judged before.
   */
  apply(
    changes: readonly DataplaneChange[],
  ): Promise<{ refused: ChangeRefusal; message: string } | null>;
  /** MAC of whoever holds a HaVip now, by lane; null for nobody. */
  holderMac(lane: string): string | null;
  /** When a gratuitous ARP or an unbinding last moved it (Tencent's FlushedTime); null: never. */
  flushedAt(lane: string): number | null;
}
