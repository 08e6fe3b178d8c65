import type { Claim } from '../arp/claim.ts';
import { isVirtualMacHalves } from '../wire/mac.ts';
import type { AddressBook } from './address-book.ts';
import * as policy from './address-book.ts';
import * as reason from './drop-reason.ts';

/**
 * May this claim stand? The rules of the clouds as flat tables: the control plane says once what
 * each address and each ENI is, the guard reads it for every claim. Reasons in the order of the
 * design, section 3; the first that matches is given. It changes nothing.
 */

/** What a rule set leaves to the guard; see `src/havip/rule-sets.ts` for whose rules they are. */
export interface GuardRules {
  /** False on a plain LAN, where anyone may claim anything. */
  readonly enforces: boolean;
  /** An ENI whose source/destination check is off may claim ordinary addresses (Huawei). */
  readonly uncheckedMayClaim: boolean;
}

/** Who has which MAC, as the guard needs it; compiled by the control plane. */
export interface EniTable {
  /** Index of the ENI with this MAC, or -1. */
  find(high: number, low: number): number;
  /** Index + 1 of its subnet; 0 where it has none. */
  subnet(eni: number): number;
  /** The port it is attached to, or -1 where ports are unknown. */
  port(eni: number): number;
  isChecked(eni: number): boolean;
}

export class ClaimGuard {
  private readonly rules: GuardRules;
  private readonly enis: EniTable;
  private readonly book: AddressBook;

  constructor(rules: GuardRules, enis: EniTable, book: AddressBook) {
    this.rules = rules;
    this.enis = enis;
    this.book = book;
  }

  /**
   * ALLOWED or the reason of the refusal. `port` is -1 in replay; `holder` is the MAC that holds
   * the address now, or 0.
   */
  authorize(claim: Claim, id: number, port: number, hasSource: boolean, holder: number): number {
    if (!this.rules.enforces) return reason.ALLOWED;
    const kind = this.book.policy(id);
    if (kind === policy.POLICY_OPEN) return reason.ALLOWED;
    if (kind === policy.POLICY_OUTSIDE) return reason.WRONG_SUBNET;
    const mac = claim.macHigh * 4294967296 + claim.macLow;
    const eni = this.enis.find(claim.macHigh, claim.macLow);
    if (eni >= 0 && this.inAnotherSubnet(id, eni)) return reason.WRONG_SUBNET;
    const isMember = this.book.hasMember(id, mac);
    if (!isMember && isVirtualMacHalves(claim.macHigh, claim.macLow)) return reason.VIRTUAL_MAC;
    if (hasSource && !isSameMac(claim)) return reason.SENDER_MAC_MISMATCH;
    if (port >= 0 && (eni < 0 || this.enis.port(eni) !== port)) return reason.WRONG_PORT;
    return this.byPolicy(kind, isMember, eni, mac, holder);
  }

  private byPolicy(
    kind: number,
    isMember: boolean,
    eni: number,
    mac: number,
    holder: number,
  ): number {
    if (isMember) return reason.ALLOWED;
    if (kind === policy.POLICY_HAVIP) return reason.NOT_MEMBER;
    if (kind === policy.POLICY_SUBNET) return eni >= 0 ? reason.ALLOWED : reason.NOT_MEMBER;
    if (eni >= 0 && this.rules.uncheckedMayClaim && !this.enis.isChecked(eni)) {
      return reason.ALLOWED;
    }
    if (kind === policy.POLICY_ORDINARY) return reason.ORDINARY_ADDRESS;
    // The lab does not know this host; it may have an address that the lab does not know either.
    if (kind === policy.POLICY_UNASSIGNED && eni < 0) return reason.ALLOWED;
    if (kind === policy.POLICY_GATEWAY && eni < 0 && (holder === 0 || holder === mac)) {
      return reason.ALLOWED;
    }
    return reason.ORDINARY_ADDRESS;
  }

  private inAnotherSubnet(id: number, eni: number): boolean {
    const subnet = this.book.subnet(id);
    return subnet !== 0 && this.enis.subnet(eni) !== 0 && this.enis.subnet(eni) !== subnet;
  }
}

function isSameMac(claim: Claim): boolean {
  return claim.macHigh === claim.link.sourceHigh && claim.macLow === claim.link.sourceLow;
}
