/** Help texts, set by commander from the same tables that the command lines are read by. */
import { Command, Option } from 'commander';
import { allOptions, type CommandSpec } from './option-table.ts';

export interface CommandSummary {
  name: string;
  operands: string;
  summary: string;
}

/** `havip NAME --help` */
export function commandHelp(spec: CommandSpec, width: number): string {
  const command = new Command(`havip ${spec.name}`)
    .usage(`${spec.operands} [options]`.trim())
    .description(spec.summary)
    .helpOption(false)
    .configureHelp({ helpWidth: width });
  for (const { name, short, value, help } of allOptions(spec)) {
    const flags = `${short === undefined ? '' : `-${short}, `}--${name}`;
    command.addOption(new Option(value === undefined ? flags : `${flags} ${value}`, help));
  }
  return command.helpInformation() + examples(spec.examples);
}

/** `havip help` */
export function overview(commands: readonly CommandSummary[], width: number): string {
  const program = new Command('havip')
    .usage('COMMAND [options]')
    .description('a virtual switch that treats a HaVip as the subnet switch of a cloud does')
    .helpOption('-h, --help', 'show this help; havip COMMAND --help for one command')
    .helpCommand(false)
    .option('--version', 'show the version')
    .configureHelp({ helpWidth: width });
  for (const { name, operands, summary } of commands) {
    program.command(name).usage(operands).description(summary).helpOption(false);
  }
  const text = program.configureHelp({ subcommandTerm: termOf }).helpInformation();
  return text + examples([['havip replay failover.pcap', 'what happened in a capture']]);
}

function termOf(command: Command): string {
  return `${command.name()} ${command.usage()}`.trim();
}

function examples(list: readonly [command: string, effect: string][]): string {
  const lines = list.map(([command, effect]) => `  ${command}\n      ${effect}\n`);
  return `\nExamples:\n${lines.join('')}`;
}
