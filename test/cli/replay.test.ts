/** `havip replay` as a user meets it: options, statuses, what goes to which stream. */
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { Interrupts } from '../../src/cli/interrupts.ts';
import { replay } from '../../src/cli/replay.ts';
import { crashResult, emptyResult } from '../report/fixture.ts';
import { MemoryClock, MemoryStreams, type Script, scripted } from './memory-streams.ts';

interface Setting {
  streams?: MemoryStreams;
  clock?: MemoryClock;
}

async function play(line: string, script: Script = { result: crashResult() }, set: Setting = {}) {
  const streams = set.streams ?? new MemoryStreams();
  const clock = set.clock ?? new MemoryClock();
  const { engine, played } = scripted(script);
  const arguments_ = line.split(' ').filter((word) => word !== '');
  const status = await replay(arguments_, streams, clock, () => Promise.resolve(engine));
  return { status, played, clock, out: streams.output.text, err: streams.errors.text, streams };
}

/** A command line that is refused, as the program would: status and the one line. */
async function refused(line: string): Promise<string> {
  const streams = new MemoryStreams();
  const status = await runCommand(line.split(' '), streams, new MemoryClock());
  expect(status).toBe(2);
  expect(streams.output.text).toBe('');
  expect(streams.errors.lines).toHaveLength(1);
  return streams.errors.text.trim();
}

describe('reports', () => {
  test('text by default, status 0, nothing on standard error', async () => {
    const { status, out, err, played } = await play('a.pcap');
    expect(status).toBe(0);
    expect(out).toMatch(/^1 failover of 192\.168\.0\.88, outage 3\.874 s/);
    expect(err).toBe('');
    expect(played.closed).toBe(1);
  });

  test('of failovers behind --from warns that their causes may lie before it', async () => {
    const warning = 'havip replay: warning: --from leaves out what came before';
    expect((await play('a.pcap --from 1')).err).toContain(warning);
    expect((await play('a.pcap --from 0')).err).toBe('');
    expect((await play('a.pcap --from 1', { result: emptyResult() })).err).toBe('');
    expect((await play('a.pcap --to 9')).err).toBe('');
  });

  test('json is one document', async () => {
    const { out } = await play('a.pcap --format json');
    expect(JSON.parse(out)).toEqual(crashResult());
  });

  test('a valid capture without a frame is no error and says so', async () => {
    const { status, out } = await play('a.pcap', { result: emptyResult() });
    expect(status).toBe(0);
    expect(out).toMatch(/^The capture holds no frame\./);
  });

  test('damage is one warning line, and status 0', async () => {
    const damaged = { offset: 99, reason: 'block length 0' };
    const script = { result: crashResult(), readers: [{ damaged }] };
    const { status, err } = await play('a.pcap', script);
    expect(status).toBe(0);
    expect(err).toBe(
      'havip replay: warning: a.pcap: damaged at octet 99: block length 0; ' +
        'what came before is reported\n',
    );
  });

  test('a cut capture is one warning line', async () => {
    const damaged = { offset: 99, reason: 'record cut' };
    const readers = [{ truncated: true, damaged }];
    const { err } = await play('a.pcap', { result: crashResult(), readers });
    expect(err).toMatch(
      /^havip replay: warning: a\.pcap: cut in the middle of its last record.*\n$/,
    );
  });

  test('oddities of the file are a few lines at most', async () => {
    const warning = { code: 'runt' as const, message: 'short frame', count: 3, offset: 1 };
    const readers = [{ warnings: new Array(9).fill(warning) }];
    const { streams } = await play('a.pcap', { result: crashResult(), readers });
    expect(streams.errors.lines).toHaveLength(6);
    expect(streams.errors.lines[0]).toContain('a.pcap: short frame (3 times)');
    expect(streams.errors.lines[5]).toContain('and 4 more such warnings');
  });

  test('several captures are merged', async () => {
    const { played } = await play('a.pcap b.pcap');
    expect(played.wasMerged).toBe(true);
    expect(played.files).toEqual(['a.pcap', 'b.pcap']);
  });
});

describe('options', () => {
  test('reach the replay', async () => {
    const { played } = await play(
      'a.pcap --all-claims --limit 0 --from 1.5 --to 2026-01-01T00:00:00Z',
    );
    expect(played.options).toMatchObject({
      topology: null,
      allClaims: true,
      limit: 0,
      from: { seconds: 1.5 },
      to: { time: '2026-01-01T00:00:00Z' },
      listener: null,
    });
  });

  test('have the defaults of the manual', async () => {
    const { played } = await play('a.pcap');
    const defaults = { allClaims: false, limit: 500, from: null, to: null };
    expect(played.options).toMatchObject(defaults);
  });

  test('--havip guards only those addresses; --provider adds the rules', async () => {
    const havips =
      '--havip 192.168.0.88=00:16:3e:00:00:01,00-16-3E-00-00-02 --havip 2001:DB8:0::1=02:00:00:00:00:01';
    const { played } = await play(`a.pcap ${havips}`);
    expect(played.options?.topology).toMatchObject({
      provider: null,
      havips: [
        { address: '192.168.0.88', memberMacs: [0x00163e000001, 0x00163e000002], subnet: null },
        { address: '2001:db8::1', memberMacs: [0x020000000001] },
      ],
    });
    const second = await play(`a.pcap ${havips} --provider tencent`);
    expect(second.played.options?.topology?.provider).toBe('tencent');
  });

  test.each([
    ['replay', /no capture is named; name a file, or - for standard input/],
    ['replay - -', /named twice/],
    ['replay a --labb x', /unknown option "--labb"; did you mean --lab\?/],
    ['replay a --lab', /--lab needs a value; write --lab FILE/],
    ['replay a --lab --all-claims', /--lab needs a value/],
    ['replay a --all-claims=yes', /--all-claims takes no value/],
    ['replay a --limit 5 --limit 6', /--limit is given twice/],
    ['replay a --format jsn', /unknown format "jsn"; did you mean json\?/],
    ['replay a --limit -1', /"-1" is no whole number/],
    ['replay a --from yesterday', /"yesterday" is no moment; write seconds/],
    ['replay a --from 2026-13-01T00:00:00Z', /is no moment/],
    ['replay a --to 2026-02-31T12:00:00+08:00', /is no moment/],
    ['replay a --from 5 --to 4', /--from is later than --to/],
    ['replay a --speed 0', /"0" is no speed/],
    ['replay a --max-outage 3', /"3" is no duration; write a number with its unit/],
    [
      'replay a --fail-on claim-refuse',
      /unknown finding code "claim-refuse"; did you mean claim-refused\?/,
    ],
    ['replay a --provider alibaba', /--provider alone leaves nothing to guard; add --lab/],
    ['replay a --havip 10.0.0.1', /names no MAC; write IP=MAC/],
    ['replay a --havip 10.0.0.256=00:16:3e:00:00:01', /"10\.0\.0\.256" is no IP address/],
    ['replay a --havip 224.0.0.18=00:16:3e:00:00:01', /224\.0\.0\.18 is no host's address/],
    ['replay a --havip ff02::12=00:16:3e:00:00:01', /ff02::12 is no host's address/],
    ['replay a --havip 127.0.0.1=00:16:3e:00:00:01', /127\.0\.0\.1 is no host's address/],
    ['replay a --havip ::=00:16:3e:00:00:01', /:: is no host's address/],
    ['replay a --havip 10.0.0.1=00:16:3e', /"00:16:3e" is no MAC address; write six octets/],
    ['replay a --havip 10.0.0.1=ff:ff:ff:ff:ff:ff', /no address of a host/],
    [
      'replay a --havip 10.0.0.1=00:16:3e:00:00:01 --havip 10.0.0.1=00:16:3e:00:00:02',
      /given twice/,
    ],
  ])('havip %s is refused in one line', async (line, message) => {
    const text = await refused(line);
    expect(text).toMatch(message);
    expect(text).toMatch(/^havip replay: /);
  });

  test.each([
    ['a --provider alibab --havip 10.0.0.1=00:16:3e:00:00:01', /did you mean alibaba\?/],
    ['a --lab /nonexistent.yaml', /no such file; check the path of the lab file/],
  ])('%s is refused', async (line, message) => {
    await expect(play(line)).rejects.toThrow(message);
  });

  test('a terminal as standard input is refused', async () => {
    const streams = new MemoryStreams();
    streams.input.isTerminal = true;
    await expect(play('-', undefined, { streams })).rejects.toThrow(/pipe a capture into it/);
  });
});

describe('conditions', () => {
  test.each([
    ['--fail-on claim-refused', 1, '--fail-on: found claim-refused'],
    ['--fail-on no-ethernet,claim-refused', 1, 'found claim-refused'],
    ['--fail-on no-ethernet', 0, ''],
    ['--fail-on split-brain', 0, ''],
    ['--fail-on quota-exceeded', 0, ''],
    ['--max-outage 3s', 1, '--max-outage: an outage of 3.874 s is longer than 3.000 s'],
    ['--max-outage 3874ms', 0, ''],
    ['--max-outage 1m', 0, ''],
  ])('%s gives status %d', async (options, expected, message) => {
    const { status, err, out } = await play(`a.pcap ${options}`);
    expect(status).toBe(expected);
    expect(err).toContain(message);
    expect(out).toContain('1 failover');
    if (message === '') expect(err).toBe('');
  });

  test('--max-outage says how many outages could not be measured', async () => {
    const result = crashResult();
    result.outages = [];
    result.failovers = result.failovers.map((f) => ({ ...f, outageSeconds: null }));
    const { status, err } = await play('a.pcap --max-outage 3s', { result, unmeasured: 1 });
    expect(status).toBe(0);
    expect(err).toBe('havip replay: --max-outage: 1 outage could not be measured\n');
  });

  test('--max-outage says where there is nothing to measure, and nothing where there is', async () => {
    const result = emptyResult();
    const nothing = 'no answer of a HaVip is in the capture, which can show no outage';
    const { status, err } = await play('a.pcap --max-outage 3s', { result });
    expect([status, err]).toEqual([0, `havip replay: --max-outage: ${nothing}\n`]);
    const [havip] = crashResult().havips;
    const unanswered = { ...result, havips: [{ ...havip!, isUnanswered: true }] };
    expect((await play('a.pcap --max-outage 3s', { result: unanswered })).err).toContain(nothing);
    const answered = { ...result, havips: [havip!] };
    expect((await play('a.pcap --max-outage 3s', { result: answered })).err).toBe('');
  });

  test.each([
    ['did not end', { firstServiceFrame: null }],
    ['went on out of sight', { isLost: true as const }],
  ])('--max-outage takes an outage that %s for a lower bound', async (_, more) => {
    const result = crashResult();
    result.outages = result.outages.map((outage) => ({ ...outage, ...more }));
    const { status, err } = await play('a.pcap --max-outage 3s', { result });
    expect(status).toBe(1);
    expect(err).toContain('an outage of at least 3.874 s is longer than 3.000 s');
  });

  test('--max-outage knows of one by how long it lasted at least', async () => {
    const moment = { time: null, t: 1, frame: 2 };
    const beginning = { ip: '192.168.0.88', vlan: null, client: '192.168.0.50', seconds: 4 };
    const whole = { ...beginning, unanswered: 40, from: moment, until: moment };
    const result = { ...emptyResult(), beginnings: [whole] };
    const { status, err } = await play('a.pcap --max-outage 3s', { result });
    expect(status).toBe(1);
    expect(err).toContain('an outage of at least 4.000 s is longer than 3.000 s');
    expect((await play('a.pcap --max-outage 4s', { result })).status).toBe(0);
  });

  test('what the bounded lists left out counts, too', async () => {
    const { outages, findings, claims } = crashResult();
    const steps: Script['steps'] = [
      (listener) => {
        for (const outage of outages) listener?.onOutage({ ...outage, seconds: 60 });
        for (const finding of findings) listener?.onFinding({ ...finding, code: 'no-ethernet' });
        for (const claim of claims) listener?.onClaim({ ...claim, verdict: 'refused' });
      },
    ];
    const script = { result: emptyResult(), steps };
    const asked = '--max-outage 3s --fail-on no-ethernet,claim-refused';
    const { status, err } = await play(`a.pcap ${asked}`, script);
    expect(status).toBe(1);
    expect(err).toContain('found no-ethernet, claim-refused');
    expect(err).toContain('60.000 s is longer');
  });
});

const claims: Script['steps'] = crashResult().claims.map((claim) => (listener) => {
  listener?.onClaim(claim);
});

describe('following', () => {
  test('standard input is told line by line, then the report', async () => {
    const streams = new MemoryStreams();
    const seen: number[] = [];
    const steps = claims.map((step) => (listener: Parameters<typeof step>[0]) => {
      step(listener);
      seen.push(streams.output.lines.length);
    });
    const { out, clock } = await play('-', { result: crashResult(), steps }, { streams });
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[1]).toBeGreaterThan(seen[0] ?? 0);
    expect(out).toMatch(/^12:53:20\.096 {2}192\.168\.0\.88 → node1/);
    expect(out).toContain('\n\n1 failover of');
    expect(clock.time).toBe(1000);
  });

  test('json is printed at the end only', async () => {
    const { out } = await play('- --format json', { result: crashResult(), steps: claims });
    expect(JSON.parse(out)).toEqual(crashResult());
  });

  test('a file at a speed takes its time, to the end of the capture', async () => {
    const { out, clock } = await play('a.pcap --speed 2', { result: crashResult(), steps: claims });
    expect(out).toMatch(/^12:53:20\.096/);
    expect(clock.time - 1000).toBeCloseTo(21521.570674 / 2, 3);
  });

  test('a paced report begins where --from does', async () => {
    const line = 'a.pcap --speed 1 --from 12';
    const { clock } = await play(line, { result: crashResult(), steps: claims });
    expect(clock.time - 1000).toBeCloseTo(9521.570674, 3);
  });

  test('a reader who leaves stops it quietly', async () => {
    const streams = new MemoryStreams();
    const steps = claims.map((step) => (listener: Parameters<typeof step>[0]) => {
      step(listener);
      streams.output.isClosed = true;
    });
    const script = { result: crashResult(), steps };
    const { status, err, played } = await play('-', script, { streams });
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(played.wasStopped).toBe(true);
  });

  test('a reader who falls behind is waited for', async () => {
    const streams = new MemoryStreams();
    const { output } = streams;
    const waits: number[] = [];
    output.drained = async () => {
      waits.push(output.waiting);
      output.waiting = 0;
    };
    const steps = [1 << 16, 2 << 20, 0].map((waiting) => () => {
      output.waiting = waiting;
    });
    await play('-', { result: crashResult(), steps }, { streams });
    expect(waits).toEqual([2 << 20]);
  });

  test('the first interrupt waits for the end of input, the second ends', async () => {
    const streams = new MemoryStreams();
    const step = () => streams.interrupt();
    const once = await play('-', { result: crashResult(), steps: [step, () => {}] }, { streams });
    expect(once.status).toBe(0);
    expect(once.played.wasStopped).toBe(false);
    const twice = await play(
      '-',
      { result: crashResult(), steps: [step, step, step] },
      { streams },
    );
    expect(twice.status).toBe(130);
    expect(twice.played.wasStopped).toBe(true);
    expect(twice.out).toContain('1 failover');
    expect(streams.handlers).toHaveLength(0);
  });

  test('the hint names the command that waits', async () => {
    for (const command of ['replay', 'watch'] as const) {
      const streams = new MemoryStreams();
      const request = { command, captures: ['-'] };
      const interrupts = new Interrupts(request, streams, new MemoryClock(), () => {});
      streams.interrupt();
      await Promise.resolve();
      interrupts.end();
      expect(streams.errors.text).toMatch(new RegExp(`^havip ${command}: waiting for the end`));
    }
  });

  test('an interrupt on a file ends without a report', async () => {
    const streams = new MemoryStreams();
    const steps = [() => streams.interrupt(), () => {}];
    const { status, out, err } = await play('a', { result: crashResult(), steps }, { streams });
    expect([status, out, err]).toEqual([130, '', '']);
  });
});

describe('the terminal', () => {
  test('gives the width and colours', async () => {
    const streams = new MemoryStreams();
    streams.output.isTerminal = true;
    streams.output.columns = 50;
    const { out } = await play('a.pcap', undefined, { streams });
    expect(out).toContain('\x1b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences under test
    const plain = out.replace(/\x1b\[[0-9;]*m/g, '').split('\n');
    expect(Math.max(...plain.map((line) => line.length))).toBeLessThanOrEqual(50);
  });

  test.each([
    ['a.pcap --no-color', {}],
    ['a.pcap', { NO_COLOR: '1' }],
    ['a.pcap', { TERM: 'dumb' }],
    ['a.pcap', { FORCE_COLOR: '0' }],
  ])('%s with %o has no colours', async (line, environment) => {
    const streams = new MemoryStreams();
    streams.output.isTerminal = true;
    Object.assign(streams.environment, environment);
    expect((await play(line, undefined, { streams })).out).not.toContain('\x1b');
  });

  test('FORCE_COLOR colours a pipe', async () => {
    const streams = new MemoryStreams();
    streams.environment.FORCE_COLOR = '1';
    expect((await play('a.pcap', undefined, { streams })).out).toContain('\x1b[');
  });

  test('without a UTF-8 locale the report is ASCII', async () => {
    const streams = new MemoryStreams();
    streams.environment = { LC_ALL: 'C', LANG: 'en_US.UTF-8' };
    expect((await play('a.pcap', undefined, { streams })).out).toContain('node1 -> 192.168.0.210');
  });

  test('a long replay shows its progress on standard error, and takes it away', async () => {
    const streams = new MemoryStreams();
    streams.errors.isTerminal = true;
    streams.errors.columns = 80;
    const clock = new MemoryClock();
    const steps = Array.from({ length: 20 }, () => () => {
      clock.time += 100;
    });
    const script = { result: crashResult(), steps, progress: { frames: 2_000_000 } };
    const { err } = await play('a.pcap', script, { streams, clock });
    expect(err).toMatch(/\[#+\.+\] {2} 50 % {2}[\d,]+ frames\/s {2}[\d.]+ B\/s {2}0:0\d left/);
    expect(err.endsWith('\r\x1b[K')).toBe(true);
    expect(clock.turns).toBeGreaterThan(5);
  });

  test('a short one, or a pipe, shows none', async () => {
    const streams = new MemoryStreams();
    streams.errors.isTerminal = true;
    expect((await play('a', { result: crashResult(), steps: claims }, { streams })).err).toBe('');
  });
});
