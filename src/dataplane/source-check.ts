import type { AddressPlan } from './address-plan.ts';
import type { Classifier } from './classifier.ts';
import * as reason from './drop-reason.ts';
import type { SwitchObserver } from './observer.ts';

/**
 * The source guard's step of a frame's way: is this the ENI that is attached here, and may it use
 * this IP source? Replay knows no ports and judges only the MACs that the lab file names.
 */
export class SourceCheck {
  private readonly plan: AddressPlan;
  private readonly classifier: Classifier;
  private readonly observer: SwitchObserver;
  private readonly observes: boolean;

  constructor(
    plan: AddressPlan,
    classifier: Classifier,
    observer: SwitchObserver,
    observes: boolean,
  ) {
    this.plan = plan;
    this.classifier = classifier;
    this.observer = observer;
    this.observes = observes;
  }

  /** ALLOWED or why not, for the frame that was just classified. It counts nothing. */
  check(view: DataView, port: number): number {
    const { plan, classifier: seen } = this;
    const { link } = seen;
    if (!link.hasSource) return reason.ALLOWED;
    const eni = plan.enis.find(link.sourceHigh, link.sourceLow);
    if (eni < 0 || (!this.observes && plan.enis.port(eni) !== port)) {
      return this.observes || !plan.rules.enforces ? reason.ALLOWED : reason.SOURCE_MAC;
    }
    if (seen.family === 0 || !plan.enis.isChecked(eni) || plan.sourceGuard === null) {
      return reason.ALLOWED;
    }
    const allowed =
      seen.family === 4
        ? plan.sourceGuard.allowsIpv4(eni, view, seen.packet)
        : plan.sourceGuard.allowsIpv6(eni, view, seen.packet);
    if (allowed) return reason.ALLOWED;
    this.observer.onSpoofed(view, seen);
    return reason.SOURCE_IP;
  }
}
