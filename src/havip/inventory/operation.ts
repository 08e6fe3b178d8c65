/**
 * What may be asked of the control plane: the vendors' calls and the commands of the lab, in one
 * set of words. An operation is plain data; `decide` judges it, the Plane carries it out.
 */
import type { QuotaName } from '../rule-set.ts';
import type { DataplaneChange } from './dataplane.ts';
import type { Refusal } from './refusal.ts';
import type { MemberRef, Resource, ResourceKey, Tag } from './resources.ts';

/** Names and descriptions may be edited in any state. Absent fields stay as they are. */
export interface HavipTexts {
  name?: string;
  description?: string;
  group?: string;
  tags?: Tag[];
  checkAssociate?: boolean;
}

export type Operation =
  /** `address` null: the first free one. `members` are bound in the same step or not at all. */
  | ({
      kind: 'create-havip';
      subnet: string;
      address: string | null;
      members?: MemberRef[];
      /** Said by dialects that name it; must be the subnet's. */
      vpc?: string;
    } & HavipTexts)
  | ({ kind: 'edit-havip'; havip: string } & HavipTexts)
  | { kind: 'delete-havip'; havip: string }
  | { kind: 'associate'; havip: string; member: MemberRef }
  /** Without `force` the present holder stays (Alibaba). */
  | { kind: 'disassociate'; havip: string; member: MemberRef; force: boolean }
  /** Huawei: the whole list at once. */
  | { kind: 'set-members'; havip: string; members: MemberRef[] }
  | { kind: 'create-eip'; address: string | null }
  | { kind: 'delete-eip'; eip: string }
  | { kind: 'associate-eip'; eip: string; havip: string }
  /** `havip` may name which one is meant. */
  | { kind: 'disassociate-eip'; eip: string; havip?: string }
  | { kind: 'create-route'; table: string; destination: string; havip: string }
  | { kind: 'delete-route'; route: string }
  | { kind: 'delete-instance'; instance: string }
  | { kind: 'set-instance-status'; instance: string; status: 'running' | 'stopped' }
  | { kind: 'delete-eni'; eni: string }
  | { kind: 'detach-eni'; eni: string }
  | { kind: 'attach-eni'; eni: string; instance: string }
  | { kind: 'set-source-dest-check'; eni: string; on: boolean }
  /** Only of the limits that the vendor raises on request. */
  | { kind: 'set-quota'; quota: QuotaName; most: number }
  /** One after the other, as one: all of them, or none where one is refused. Not to be nested. */
  | { kind: 'all'; steps: Step[] };

export type Step = Exclude<Operation, { kind: 'all' }>;

/** What an accepted operation writes, and what the switch has to be told. All of it or nothing. */
export interface Decision {
  /** Id of the resource that was made or changed; of several steps, the first. */
  subject: string;
  /** Of several steps: each one's subject. */
  subjects?: string[];
  upserts: Resource[];
  deletes: ResourceKey[];
  changes: DataplaneChange[];
  /** What the vendor advises against (Huawei's numbers); never refused. */
  advice: string[];
}

export type Outcome = (Decision & { ok: true }) | ({ ok: false } & Refusal);
