/** The events of a running lab as lines for a terminal: one line an event, the time first. */
import type { ClaimEvent, DropsEvent, LabEvent, ReadyEvent } from '../analysis/live-events.ts';
import { refusalReason } from './cause-texts.ts';
import { SteadyDrops } from './drop-lines.ts';
import { isVirtual } from './naming.ts';
import { type Look, paint, printable, type Tone } from './page.ts';
import { clockTime, counted, duration } from './quantity.ts';

export class LabLines {
  private readonly look: Look;
  private readonly drops = new SteadyDrops();

  constructor(look: Look) {
    this.look = look;
  }

  /** A line with its line end; null where it can wait. */
  line(event: LabEvent): string | null {
    const told = event.event === 'drops' ? this.dropped(event) : wordsOf(event);
    if (told === null) return null;
    const [text, tone] = told;
    return `${paint(printable(`${clockTime(event.time)}  ${text}`, this.look), tone, this.look)}\n`;
  }

  private dropped(drops: DropsEvent): Words | null {
    const words = this.drops.words(drops);
    return words === null ? null : [words, 'dim'];
  }
}

/** Commands that change a running lab, with the fields of a request that name what they change. */
const OPERANDS: Record<string, readonly string[]> = {
  bind: ['havip', 'member'],
  unbind: ['havip', 'member'],
  ...{ kill: ['host'], start: ['host'], pause: ['host'], resume: ['host'] },
  ...{ cut: ['host'], heal: ['host'], fault: ['host'] },
};
/** Shares that `fault` spoils, by the option that asks for each. */
const SHARES = { loss: 'loss', duplicate: 'duplication', reorder: 'reordering' } as const;

/** What a line says of a call. */
interface ApiCall {
  readonly dialect: string;
  readonly call: string;
  readonly havip: string | null;
}

/** A command from another terminal as it was typed there; null where it changes nothing. */
export function commandLine(
  time: string,
  request: Readonly<Record<string, unknown>>,
  look: Look,
): string | null {
  const command = String(request.command);
  const fields = Object.hasOwn(OPERANDS, command) ? OPERANDS[command] : undefined;
  if (fields === undefined) return null;
  const operands = fields.map((field) => String(request[field]));
  const words = [command, ...operands, ...optionsOf(command, request)].join(' ');
  return `${paint(printable(`${clockTime(time)}  ${words}`, look), 'strong', look)}\n`;
}

/** A call of the API that was accepted; null for a command, which has a line of its own. */
export function callLine(time: string, call: ApiCall, look: Look): string | null {
  if (call.dialect === 'cli') return null;
  const of = call.havip === null ? '' : ` of ${call.havip}`;
  const words = `${call.call}${of} (${call.dialect} API)`;
  return `${paint(printable(`${clockTime(time)}  ${words}`, look), 'strong', look)}\n`;
}

function optionsOf(command: string, request: Readonly<Record<string, unknown>>): string[] {
  if (command === 'cut') return request.carrier === true ? ['--carrier'] : [];
  if (command !== 'fault') return [];
  const given = (field: string): number => Number(request[field] ?? 0);
  const options = Object.entries(SHARES)
    .filter(([, field]) => given(field) > 0)
    .map(([option, field]) => `--${option} ${percent(given(field))}`);
  if (given('delay') > 0) options.push(`--delay ${given('delay')}ms`);
  const isSeeded = options.length > 0 && given('seed') > 1;
  return isSeeded ? [...options, `--seed ${given('seed')}`] : options;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

type Words = [text: string, tone: Tone];

function wordsOf(event: Exclude<LabEvent, DropsEvent>): Words {
  switch (event.event) {
    case 'ready': {
      const held = event.havips.map(({ name, ip, holder }) =>
        holder === null
          ? `${name} ${ip} (no holder yet)`
          : `${name} ${ip} → ${hostOf(event, holder)}`,
      );
      const ports = counted(event.ports.length, 'port');
      const api = event.api === undefined ? [] : [`API at ${event.api}`];
      return [`ready: ${[ports, ...held, ...api].join(', ')}`, 'good'];
    }
    case 'claim': {
      const name = event.name ?? (isVirtual(event.mac) ? hostAt(event) : null);
      const who = name === null ? event.mac : `${name} (${event.mac})`;
      if (event.verdict === 'refused') {
        const why = refusalReason(event.reason);
        return [`${event.ip} refused to ${who}: ${why} (${event.form}${place(event)})`, 'bad'];
      }
      const verb = VERBS[event.verdict];
      return [`${event.ip} ${verb} ${who} (${event.form})`, tone(event.verdict)];
    }
    case 'takeover': {
      const { from, to, cause, detectionSeconds, outageSeconds, repointMicroseconds } = event;
      const parts = [`takeover of ${event.ip} from ${party(from)} to ${party(to)}: ${cause}`];
      if (detectionSeconds !== null) parts.push(`detected in ${duration(detectionSeconds)}`);
      if (repointMicroseconds !== null) {
        parts.push(`repointed in ${duration(repointMicroseconds / 1e6)}`);
      }
      parts.push(outageSeconds === null ? 'outage unknown' : `outage ${duration(outageSeconds)}`);
      return [parts.join(', '), 'warn'];
    }
    case 'finding': {
      const words = `${event.severity} ${event.code}: ${event.message} ${event.advice}`;
      return [words, event.severity === 'error' ? 'bad' : 'warn'];
    }
    case 'port-gone':
      return [`port ${event.port} is gone`, 'bad'];
    case 'stopped':
      return ['stopped', 'plain'];
  }
}

const VERBS = { moved: '→', confirmed: 'confirmed by', noted: 'noted from' } as const;

/** Where a frame came in that does not say so itself. */
function place(event: ClaimEvent): string {
  const { name, port } = event;
  return port === null || hostAt(event) === name ? '' : `, at ${port}`;
}

/** The host behind the port where a frame came in. */
function hostAt({ port }: ClaimEvent): string | null {
  return port?.split('/')[0] ?? null;
}

/** Whose MAC it is; the MAC itself where it is no port's. */
function hostOf({ ports }: ReadyEvent, mac: string): string {
  const [host] = ports.find((port) => port.mac === mac)?.name.split('/') ?? [];
  return host ?? mac;
}

function tone(verdict: string): Tone {
  return verdict === 'moved' ? 'strong' : 'dim';
}

function party({
  name,
  speaker,
  mac,
}: {
  name: string | null;
  speaker: string | null;
  mac: string;
}) {
  return name ?? speaker ?? mac;
}
