/**
 * The commands that a running lab obeys: `bind`, `unbind`, `kill`, `start`, `pause`, `resume`,
 * `cut`, `heal`, `fault`. Each sends its operands to the lab and says in a line what became of it.
 */
import { askLab, chosenLab } from '../lab/control-client.ts';
import {
  type CommandLine,
  type CommandSpec,
  type OptionSpec,
  readCommandLine,
} from './option-table.ts';
import { readDuration, readWhole } from './option-values.ts';
import { type Clock, type Command, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

/** Which lab, for every command that talks to one. */
export const LAB_OPTION: OptionSpec = {
  name: 'lab',
  value: 'NAME',
  help: 'which lab, where several run (its `name`, or the name of its folder)',
};

interface Control extends CommandSpec {
  /** Names of the operands, as the lab knows them; each is needed. */
  fields: readonly string[];
  more?(line: CommandLine): Record<string, unknown>;
  /** What became of it; `more` is what `more` gave, `result` what the lab answered. */
  told(
    fields: Record<string, string>,
    more: Record<string, unknown>,
    result: { hasNamespace?: boolean },
  ): string;
}

const SEED_DEFAULT = 1;
const OUT_OF_REACH = "what runs on it is not the lab's to stop";
/** What `fault` may spoil; with none of it the cable is good. */
const RATES = ['loss', 'duplication', 'reordering', 'delay'];

const CONTROLS: readonly Control[] = [
  {
    name: 'bind',
    operands: 'HAVIP HOST[/ENI]',
    fields: ['havip', 'member'],
    summary: 'let a host claim a HaVip',
    options: [],
    examples: [['havip bind web ecs-3', 'ecs-3 may announce the HaVip web from now on']],
    told: ({ havip, member }) => `${member} may claim ${havip}`,
  },
  {
    name: 'unbind',
    operands: 'HAVIP HOST[/ENI]',
    fields: ['havip', 'member'],
    summary: 'let a host claim a HaVip no longer; if it holds it, nobody does',
    options: [],
    examples: [['havip unbind web ecs-1', 'announcements of ecs-1 are refused from now on']],
    told: ({ havip, member }) => `${member} may not claim ${havip} any more`,
  },
  {
    name: 'kill',
    operands: 'HOST',
    fields: ['host'],
    summary: "a host's power fails: its cable is cut and its processes are killed",
    options: [],
    examples: [['havip kill ecs-1', 'and the backup takes over']],
    told: ({ host }, _, { hasNamespace }) =>
      hasNamespace ? `${host} is dead` : `${host} is cut off; ${OUT_OF_REACH}`,
  },
  {
    name: 'start',
    operands: 'HOST',
    fields: ['host'],
    summary: "a host's power comes back, or goes and comes back: clean kernel, what `run` says",
    options: [],
    examples: [['havip start ecs-1', 'after havip kill ecs-1']],
    told: ({ host }, _, { hasNamespace }) => `${host} ${hasNamespace ? 'runs' : 'is connected'}`,
  },
  {
    name: 'pause',
    operands: 'HOST',
    fields: ['host'],
    summary: 'stop a host in the middle of what it does, as a hypervisor does',
    options: [],
    examples: [['havip pause ecs-1', 'it wakes up later and knows nothing of it']],
    told: ({ host }, _, { hasNamespace }) =>
      hasNamespace ? `${host} is paused` : `the frames of ${host} are held; ${OUT_OF_REACH}`,
  },
  {
    name: 'resume',
    operands: 'HOST',
    fields: ['host'],
    summary: 'let a paused host go on',
    options: [],
    examples: [['havip resume ecs-1', 'with what it had under way']],
    told: ({ host }) => `${host} goes on`,
  },
  {
    name: 'cut',
    operands: 'HOST[/ENI]',
    fields: ['host'],
    summary: 'lose every frame to and from a host, silently',
    options: [{ name: 'carrier', help: 'let the host see that its cable is out' }],
    examples: [
      ['havip cut ecs-1', 'a broken path that nobody notices'],
      ['havip cut ecs-1 --carrier', 'track_interface sees this one'],
    ],
    more: (line) => ({ carrier: line.isGiven('carrier') }),
    told: ({ host }) => `${host} is cut off`,
  },
  {
    name: 'heal',
    operands: 'HOST[/ENI]',
    fields: ['host'],
    summary: 'undo cut and fault; a host that was killed needs `start`',
    options: [],
    examples: [['havip heal ecs-1', 'and see who is master now']],
    told: ({ host }) => `${host} is connected`,
  },
  {
    name: 'fault',
    operands: 'HOST[/ENI]',
    fields: ['host'],
    summary: 'spoil what is sent to a host: the same seed spoils the same frames',
    options: [
      { name: 'loss', value: 'SHARE', help: 'share of frames that are lost: 0.1 or 10%' },
      { name: 'duplicate', value: 'SHARE', help: 'share of frames that come twice' },
      { name: 'reorder', value: 'SHARE', help: 'share of frames that the next one overtakes' },
      { name: 'delay', value: 'DURATION', help: 'how long every frame takes (20ms)' },
      { name: 'seed', value: 'N', help: 'another N spoils other frames (1)' },
    ],
    examples: [
      ['havip fault ecs-2 --loss 10%', 'does the backup stay calm?'],
      ['havip fault ecs-2', 'a good cable again'],
    ],
    more: (line) => ({
      loss: share(line, 'loss'),
      duplication: share(line, 'duplicate'),
      reordering: share(line, 'reorder'),
      delay: line.value('delay') === null ? 0 : readDuration('delay', line.value('delay')!) * 1000,
      seed: seed(line),
    }),
    told: ({ host }, rates) => {
      const isBad = RATES.some((rate) => rates[rate] !== 0);
      return `the cable of ${host} is ${isBad ? 'bad' : 'good'}`;
    },
  },
];

/** The command of that name, which is one of these. */
export function controlCommand(name: string): Command {
  const control = CONTROLS.find((one) => one.name === name) as Control;
  const spec: CommandSpec = { ...control, options: [...control.options, LAB_OPTION] };
  return async (arguments_: readonly string[], streams: Streams, _clock: Clock) => {
    const line = readCommandLine(spec, arguments_);
    if (line.operands.length !== control.fields.length) {
      const [[example]] = control.examples as [[string, string]];
      throw new UsageError(`${control.name} takes ${control.operands}`, `such as ${example}`);
    }
    const fields = Object.fromEntries(control.fields.map((name, i) => [name, line.operands[i]!]));
    const lab = chosenLab(line.value('lab'));
    const given = control.more?.(line) ?? {};
    const result = await askLab(lab, { command: control.name, ...fields, ...given });
    streams.output.write(`${control.told(fields, given, result as object)}\n`);
    return STATUS_DONE;
  };
}

/** 0.1 or 10%. */
function share(line: CommandLine, option: string): number {
  const text = line.value(option);
  if (text === null) return 0;
  const [, number = '', percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text) ?? [];
  const value = percent === '%' ? Number(number) / 100 : Number(number);
  if (number !== '' && value <= 1) return value;
  throw new UsageError(`--${option} ${text} is no share`, 'write one such as 0.1 or 10%');
}

/** Any number of 32 bits but 0, from which a shift register never gets away. */
function seed(line: CommandLine): number {
  const text = line.value('seed');
  if (text === null) return SEED_DEFAULT;
  const value = readWhole('seed', text);
  if (value > 0 && value < 2 ** 32) return value;
  throw new UsageError(`--seed ${text} is no seed`, 'write a number from 1 to 4294967295');
}
