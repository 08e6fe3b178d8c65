import { NO_EXCHANGE, SERVICES } from './service.ts';

/** TCP services and DNS that have answered a client before: only they can go missing. Bounded. */
const SERVICES_MAX = 1 << 16;

export class ClientServices {
  private readonly answered = new Set<number>();

  /** Echo is no service that a host may lack. */
  hasAnswered(client: number, service: number): boolean {
    return service === 0 || this.answered.has(client * SERVICES + service);
  }

  note(client: number, service: number): void {
    if (service !== NO_EXCHANGE && this.answered.size < SERVICES_MAX) {
      this.answered.add(client * SERVICES + service);
    }
  }
}
