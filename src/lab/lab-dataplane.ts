/** A running lab as the control plane sees it. */
import type { Dataplane, DataplaneChange } from '../havip/inventory/dataplane.ts';
import type { Lab } from './lab.ts';

export class LabDataplane implements Dataplane {
  private readonly lab: Lab;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  async apply(changes: readonly DataplaneChange[]): ReturnType<Dataplane['apply']> {
    const result = await this.lab.change({ command: 'change', changes });
    if (!('refused' in result)) return null;
    return { refused: result.isHolder ? 'holder' : 'other', message: result.refused };
  }

  holderMac(lane: string): string | null {
    return this.lab.holderMac(lane);
  }

  flushedAt(lane: string): number | null {
    return this.lab.feed.holders.flushedAt(lane);
  }
}
