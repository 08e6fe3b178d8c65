import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import { formatMac } from '../../src/wire/mac.ts';

const ROOT = new URL('../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/providers.md', ROOT), 'utf8');
const FACTS = { H: 10, T: 7, V: 3, U: 7, A: 13 };

describe('docs/providers.md', () => {
  it('has one row for each manual fact', () => {
    for (const [letter, count] of Object.entries(FACTS)) {
      for (let i = 1; i <= count; i++) {
        expect(PAGE.split(`\n| ${letter}${i} |`).length - 1, letter + i).toBe(1);
      }
    }
  });

  it('names only tests that exist', () => {
    const tests = new Set([...PAGE.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1]!));
    expect(tests.size).toBeGreaterThan(3);
    for (const path of tests) expect(existsSync(new URL(path, ROOT)), path).toBe(true);
  });

  it('shows the numbers that the rule sets hold', () => {
    const rows = PAGE.split('\n').filter((row) => row.startsWith('| '));
    const cells = (title: string) =>
      rows
        .find((row) => row.startsWith(`| ${title} |`))!
        .split('|')
        .slice(2, -1)
        .map((cell) => cell.trim());
    RULE_SET_NAMES.forEach((name, i) => {
      const rules = ruleSet(name);
      const says = (title: string, limit: string) => {
        const most = rules.limits.find((candidate) => candidate.name === limit)?.most;
        const expected =
          most === undefined ? /^no limit|^not said/ : new RegExp(`^(advice: )?${most}\\b`);
        expect(cells(title)[i], `${name} ${title}`).toMatch(expected);
      };
      says('hosts a HaVip', 'hostsPerHavip');
      says('HaVips an instance', 'havipsPerInstance');
      says('HaVips a VPC', 'havipsPerVpc');
      says('HaVips an account', 'havipsPerAccount');
      says('EIPs a HaVip', 'eipsPerHavip');
      if (name !== 'alibaba-2021')
        expect(cells('gateway MAC')[i]).toContain(formatMac(rules.gatewayMac));
      expect(cells('forwarding')[i]).toContain(rules.forwarding === 'by-ip' ? 'by IP' : 'by MAC');
      expect(cells('multicast and broadcast')[i]!.startsWith('carried')).toBe(
        rules.carriesMulticast,
      );
    });
  });
});
