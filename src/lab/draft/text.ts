/** A planned lab as YAML, each line with a comment that says what it was taken from. */
import type { RuleSet } from '../../havip/rule-set.ts';
import { onOneLine } from '../file/quoted.ts';
import type { PlannedHavip } from './havips.ts';
import type { HostDraft } from './lab-draft.ts';
import type { DraftPlan, PlannedEni, PlannedInstance, PlannedSubnet } from './plan.ts';

export function draftText(plan: DraftPlan, hosts: readonly HostDraft[], rules: RuleSet): string {
  const files = [...new Set(hosts.map(({ file }) => file))].join(', ');
  const lines = [
    comment(`A lab drafted by havip init from ${files}.`),
    comment('Behind # stands where a line was taken from; "chosen" is what no file says.'),
    `provider: ${rules.name}`,
    'subnets:',
    ...plan.subnets.flatMap(subnetLines),
    'instances:',
    ...plan.instances.filter(({ enis }) => enis.length > 0).flatMap(instanceLines),
    ...(plan.havips.length === 0 ? [] : ['havips:', ...plan.havips.flatMap(havipLines)]),
  ];
  return `${lines.join('\n')}\n`;
}

function comment(text: string): string {
  return `# ${onOneLine(text)}`;
}

function noted(line: string, said: string): string {
  return `${line}  ${comment(said)}`;
}

function subnetLines({ name, blocks, gateways }: PlannedSubnet): string[] {
  const taken = blocks.map(({ from }) => (from === null ? 'chosen' : from.where));
  const cidr = list(blocks.map(({ cidr: block }) => block));
  const lines = [`  ${name}:`, noted(`    cidr: ${cidr}`, [...new Set(taken)].join(', '))];
  if (gateways !== null) {
    lines.push(noted(`    gateway: ${list(gateways)}`, "chosen: a host has the provider's own"));
  }
  return lines;
}

function instanceLines({ name, host, enis, run }: PlannedInstance): string[] {
  const head = noted(
    `  ${scalar(name)}:`,
    host === null ? 'chosen: it pings the HaVips' : host.file,
  );
  const lines = [head, '    enis:', ...enis.flatMap((eni) => eniLines(eni, name))];
  if (run.length === 0) return lines;
  const commands = run.map((command) => `      - ${JSON.stringify(command)}`);
  return [...lines, '    run:', ...commands];
}

function eniLines({ device, where, subnet, addresses, mac }: PlannedEni, host: string): string[] {
  const taken = new Set(addresses.map((address) => address.where ?? 'chosen'));
  return [
    noted(`      ${scalar(device)}:`, where ?? 'chosen'),
    `        subnet: ${subnet}`,
    noted(`        ip: ${list(addresses.map(({ text }) => text))}`, [...taken].join(', ')),
    noted(`        mac: "${mac}"`, 'chosen'),
    `        attach: { netns: ${scalar(host)} }`,
  ];
}

function havipLines({ name, subnet, address, bind, where }: PlannedHavip): string[] {
  return [
    noted(`  ${scalar(name)}:`, where.join(', ')),
    `    subnet: ${subnet}`,
    `    ip: ${scalar(address)}`,
    `    bind: [${bind.map(scalar).join(', ')}]`,
  ];
}

function list(texts: string[]): string {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return scalar(only);
  return `[${texts.map(scalar).join(', ')}]`;
}

/** Quoted where YAML would read it as something else: numbers, booleans, colons. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9_.-]*$/.test(text) || /^\d+(\.\d+){3}(\/\d+)?$/.test(text);
  const isWord = /^(true|false|yes|no|on|off|y|n|null)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}
