/** The page as text: complete without scripts, safe whatever a capture or lab file calls itself. */
import { expect, test } from 'vitest';
import type { Lanes } from '../../../src/analysis/lanes.ts';
import { embeddedJson, html } from '../../../src/report/html/markup.ts';
import { htmlReport } from '../../../src/report/html/page.ts';
import { A, advert, CLIENT, CLIENT_IP, Scene } from '../../analysis/scene.ts';
import { crashResult, emptyResult, NODE1 } from '../fixture.ts';

const NONE: Lanes = { adverts: [], addresses: [], leftOut: 0 };
const SCRIPT = 'void 0;';

/** What a reader sees: no tags, no scripts, blanks as one. */
function visible(page: string): string {
  return page
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');
}

test('all that matters is in the words and tables', () => {
  const text = visible(htmlReport(crashResult(), NONE, SCRIPT));
  expect(text).toContain('outage 3.874 s, caused by a crash of');
  for (const { frame, cause } of crashResult().failovers) {
    expect(text).toContain(cause);
    expect(text).toContain(String(frame));
  }
  for (const { code, message, advice } of crashResult().findings) {
    expect(text).toContain(code);
    expect(text).toContain(message);
    expect(text).toContain(advice);
  }
  for (const { mac, addresses } of crashResult().hosts) {
    expect(text).toContain(mac);
    for (const address of addresses) expect(text).toContain(address);
  }
  expect(text).toContain('not-member');
});

test('an outage has whoever resigned beside its cause', () => {
  const [outage, ...rest] = crashResult().outages;
  const resigned = { mac: NODE1, name: null, speaker: '192.168.0.11', frame: 7, lastFrame: 7 };
  const outages = [{ ...outage!, cause: 'unknown' as const, failover: null, resigned }, ...rest];
  const text = visible(htmlReport({ ...crashResult(), outages }, NONE, SCRIPT));
  expect(text).toMatch(/ unknown \S+ \(\S+\) resigned in frame 7 and nobody took over /);
});

test('an outage without failover says how far its requests came', () => {
  const [outage, ...rest] = crashResult().outages;
  const passedOn = { seen: 0, of: outage!.unanswered };
  const lost = { ...outage!, cause: 'unknown' as const, failover: null, passedOn };
  const textWith = (one: typeof lost): string =>
    visible(htmlReport({ ...crashResult(), outages: [one, ...rest] }, NONE, SCRIPT));
  expect(textWith(lost)).toContain(`none of its ${lost.unanswered} requests was seen at a second`);
  const one = { ...lost, unanswered: 1, passedOn: { seen: 1, of: 1 } };
  expect(textWith(one)).toContain('its request was seen at a second capture point, too, and not');
});

test('of an address whose master resigned nobody is the holder', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 4, { priority: 100 });
  scene.at(4.5, advert({ priority: 0 }));
  scene.announce(12, CLIENT, CLIENT_IP);
  const { result, lanes } = await scene.replayWithLanes();
  const text = visible(htmlReport(result, lanes, SCRIPT));
  expect(text).toContain('holder at the end nobody 192.168.0.11');
  expect(text).toMatch(/After that: 192\.168\.0\.11 .* resigned in frame 7 and nobody took over\./);
});

test('where no claim is in view the holder is the master by its adverts', async () => {
  const scene = new Scene();
  scene.adverts(0, 4, { priority: 100 });
  const { result, lanes } = await scene.replayWithLanes();
  const text = visible(htmlReport(result, lanes, SCRIPT));
  expect(text).toContain('holder at the end 192.168.0.11 master by its adverts');
  for (const havip of result.havips) havip.enforced = true;
  const guarded = visible(htmlReport(result, lanes, SCRIPT));
  expect(guarded).toContain('claims refused – no claim in view');
});

test('who announced last is not all that is said where another is master by its adverts', () => {
  const result = crashResult();
  const laterMaster = { mac: NODE1, name: 'node1', speaker: null, frame: 1300, lastFrame: 1326 };
  result.havips = result.havips.map((havip) => ({ ...havip, laterMaster }));
  const text = visible(htmlReport(result, NONE, SCRIPT));
  expect(text).toContain('holder at the end 192.168.0.210 by its claims; master by adverts: node1');
});

test('a capture without frames, and one without times, are pages, too', async () => {
  expect(visible(htmlReport(emptyResult(), NONE, SCRIPT))).toContain('The capture holds no frame.');
  const scene = new Scene();
  scene.announce(0, CLIENT);
  const { result, lanes } = await scene.replayWithLanes();
  expect(visible(htmlReport(result, lanes, SCRIPT))).toContain('No HaVip in this capture');
});

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror="alert('2')">\u202e${'&'}amp;`;

test('a hostile name is text and nothing else', () => {
  const result = crashResult();
  result.capture.files = [HOSTILE];
  for (const host of result.hosts) host.name = HOSTILE;
  for (const { timeline } of result.havips) for (const entry of timeline) entry.name = HOSTILE;
  for (const { from, to } of result.failovers) from.name = to.name = HOSTILE;
  for (const finding of result.findings) finding.message = HOSTILE;
  const page = htmlReport(result, NONE, SCRIPT);
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script/g)).toHaveLength(2);
  expect(page).not.toContain('<img');
  expect(page.replace(/<script type[\s\S]*?<\/script>/, '')).not.toContain('\u202e');
  const [, data] = /<script type="application\/json" id="picture">([\s\S]*?)<\/script>/.exec(page)!;
  expect(JSON.parse(data!).hosts.join()).toContain('<img src=x onerror=');
  expect(data).not.toContain('<');
});

test('the policy allows the one script and style of the page, and nothing from elsewhere', () => {
  const page = htmlReport(crashResult(), NONE, SCRIPT);
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(page)!;
  expect(policy).toContain("default-src 'none'".replaceAll("'", '&#39;'));
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  expect(page).not.toMatch(/ (?:style|on\w+)="/);
});

test('the script cannot end its own element', () => {
  const page = htmlReport(crashResult(), NONE, 'const a = "</script><b>";');
  expect(page.match(/<\/script/g)).toHaveLength(2);
});

test('markup escapes what is put into it, in text and in attributes', () => {
  const name = `<b a="1" c='2'>&`;
  expect(html`<i title="${name}">${[name, 1, null]}</i>`.text).toBe(
    '<i title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">' +
      '&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;1</i>',
  );
  const text = embeddedJson({ a: '</script>\u2028<!--' }).text;
  expect(text).not.toMatch(/[<\u2028]/);
  expect(JSON.parse(text)).toEqual({ a: '</script>\u2028<!--' });
});

test('the same result is the same page', () => {
  const pages = [1, 2].map(() => htmlReport(crashResult(), NONE, SCRIPT));
  expect(pages[0]).toBe(pages[1]);
  expect(pages[0]).toContain(NODE1);
});
