/** The page in a real Chromium: what it draws, what it answers, what it never does. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PCAPS } from '../../truth/scenario.ts';
import { hasChromium, launch, open, painted } from './chromium.ts';
import { contrast, distance, rgbOf, VISIONS } from './colors.ts';
import { isPageBuilt, makePage } from './pages.ts';

const CRASH = path.join(PCAPS, '01-alibaba-unicast-kill.pcap');
const ROGUE = path.join(PCAPS, '10-rogue.pcap');
const ROGUE_LAB = path.join(PCAPS, '10-rogue.lab.yaml');
const ACTIVE = path.join(PCAPS, '14a-active-active.pcap.gz');
const GENERATE = path.resolve(import.meta.dirname, '../../../bench/generate.mjs');
const SIZE_MAX = 1_500_000;
/** On an idle machine it is half a second to one and a half; other tests run at the same time. */
const LOAD_MAX_MS = 6000;
const PAGES = ['crash', 'rogue', 'active'];
const WIDTHS = [400, 700, 920, 1280];

describe.skipIf(!hasChromium || !isPageBuilt)('in Chromium', () => {
  let folder = '';
  let browser: Browser;
  const file = (name: string) => path.join(folder, `${name}.html`);

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'havip-page-'));
    browser = await launch();
    await makePage(file('crash'), CRASH);
    await makePage(file('rogue'), ROGUE, '--lab', ROGUE_LAB);
    await makePage(file('active'), ACTIVE);
  });

  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true });
  });

  test.each(
    PAGES,
  )('%s: no complaint, no request but its own, no sideways scrolling', async (name) => {
    expect(fs.statSync(file(name)).size).toBeLessThan(SIZE_MAX);
    for (const width of WIDTHS) {
      const viewport = { width, height: 800 };
      const { page, complaints, requests } = await open(browser, file(name), { viewport });
      expect(complaints).toEqual([]);
      expect(requests).toEqual([`file://${file(name)}`]);
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect([width, wide]).toEqual([width, width]);
      await page.context().close();
    }
  });

  test('the lanes are drawn: one colour holds before the failover, another after it', async () => {
    const { page } = await open(browser, file('crash'));
    const hosts = ['--host-0', '--host-1'].map((name) => colorOf(page, name));
    const [first, second] = (await Promise.all(hosts)) as [string, string];
    const [before, after] = (await laneColors(page, 'holder', 0.3, 0.9)) as [number[], number[]];
    // The bars are the hosts' colours at some opacity, on the lane's own colour: blue, then amber.
    expect(rgbOf(first)[2]).toBeGreaterThan(rgbOf(first)[0]);
    expect(rgbOf(second)[0]).toBeGreaterThan(rgbOf(second)[2]);
    expect(before[2]! - before[0]!).toBeGreaterThan(20);
    expect(after[0]! - after[2]!).toBeGreaterThan(20);
    await page.context().close();
  });

  test('pointing at a claim tells its frame, and a click copies the filter', async () => {
    const { page } = await open(browser, file('crash'));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const tip = await sweep(page, 'claims', /claim moved/);
    const truth = JSON.parse(
      fs.readFileSync(path.join(PCAPS, '01-alibaba-unicast-kill.truth.json'), 'utf8'),
    );
    const frames: number[] = truth.tshark.garp.map(({ frame }: { frame: number }) => frame);
    const [, frame] = /frame (\d+)/.exec(tip.text)!;
    expect(frames).toContain(Number(frame));
    await page.mouse.click(tip.x, tip.y);
    await expect
      .poll(() => page.locator('#toast').textContent())
      .toBe(`Copied: frame.number == ${frame}`);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`frame.number == ${frame}`);
    await page.context().close();
  });

  test('a frame number in a table copies its filter, by mouse and by keyboard', async () => {
    const { page } = await open(browser, file('crash'));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('#failovers code.frame').first().click();
    await expect.poll(() => page.locator('#toast').textContent()).toMatch(/frame\.number == \d+$/);
    const last = page.locator('#failovers code.frame').last();
    await last.press('Enter');
    const text = `frame.number == ${await last.textContent()}`;
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await page.context().close();
  });

  test("a finding's link moves the lanes to its moment, and a button shows all again", async () => {
    const { page } = await open(browser, file('rogue'));
    const whole = await view(page);
    const link = page.locator('#findings a.moment').nth(1);
    const t = Number(await link.getAttribute('data-t'));
    await link.click();
    const near = await view(page);
    expect(near.from).toBeLessThanOrEqual(t);
    expect(near.to).toBeGreaterThanOrEqual(t);
    expect(near.to - near.from).toBeLessThanOrEqual(5);
    const top = await page.evaluate<number>(
      "document.querySelector('#lanes').getBoundingClientRect().top",
    );
    expect(Math.abs(top)).toBeLessThan(1);
    const seen = await sweep(page, 'claims', /claim refused/);
    expect(seen.text).toContain('rogue');
    await page.getByRole('button', { name: 'Whole capture' }).click();
    expect(await view(page)).toEqual(whole);
    await page.context().close();
  });

  test('buttons name failovers that came together, and zoom to them', async () => {
    const { page } = await open(browser, file('active'));
    await page.getByRole('button', { name: 'Failovers 1–4' }).click();
    const { from, to } = await view(page);
    const outages = await page
      .locator('#outages a.moment')
      .evaluateAll((links) => links.map((link) => Number(link.getAttribute('data-t'))));
    for (const t of outages) expect(t > from && t < to).toBe(true);
    expect(to - from).toBeLessThan(12);
    await page.context().close();
  });

  test('Ctrl and the wheel zoom, the wheel alone scrolls the page', async () => {
    const { page } = await open(browser, file('crash'));
    const whole = await view(page);
    const box = (await page.locator('#chart canvas').first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await expect.poll(async () => (await view(page)).to).toBeLessThan(whole.to);
    await page.keyboard.up('Control');
    const zoomed = await view(page);
    await page.mouse.wheel(0, 300);
    await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(0);
    expect(await view(page)).toEqual(zoomed);
    await page.context().close();
  });

  test.each([
    'light',
    'dark',
  ] as const)('%s: words and lanes keep their contrast', async (scheme) => {
    const { page } = await open(browser, file('rogue'), { colorScheme: scheme });
    const color = async (name: string) => rgbOf(await colorOf(page, `--${name}`));
    const surface = await color('surface');
    for (const name of ['ink', 'quiet', 'bad', 'warn', 'good', 'accent']) {
      expect([name, contrast(await color(name), surface) >= 4.5]).toEqual([name, true]);
      expect([name, contrast(await color(name), await color('page')) >= 4.5]).toEqual([name, true]);
    }
    for (const soft of ['bad-soft', 'warn-soft', 'info-soft', 'stripe']) {
      expect([soft, contrast(await color('quiet'), await color(soft)) >= 4.5]).toEqual([
        soft,
        true,
      ]);
    }
    const hosts = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((index) => color(`host-${index}`)));
    for (const host of hosts) expect(contrast(host, await color('stripe'))).toBeGreaterThan(3);
    const bad = await color('bad');
    for (const [vision, matrix] of Object.entries(VISIONS)) {
      // Four hosts and the red of outages are told apart by colour alone; more have their names.
      const apart = [...hosts.slice(0, 3), bad];
      for (const [i, one] of apart.entries()) {
        for (const other of apart.slice(i + 1)) {
          expect([vision, i, distance(one, other, matrix) > 12]).toEqual([vision, i, true]);
        }
      }
    }
    await page.context().close();
  });

  test('dark and light differ, and a change is followed at once', async () => {
    const { page } = await open(browser, file('crash'), { colorScheme: 'light' });
    const light = await laneColors(page, 'claims', 0.05);
    await page.emulateMedia({ colorScheme: 'dark' });
    await painted(page);
    const dark = await laneColors(page, 'claims', 0.05);
    expect(light[0]![0]).toBeGreaterThan(200);
    expect(dark[0]![0]).toBeLessThan(80);
    await page.context().close();
  });

  test('paper is light, has no buttons, and the lanes fit it', async () => {
    const viewport = { width: 690, height: 900 };
    const { page, complaints } = await open(browser, file('rogue'), {
      colorScheme: 'dark',
      viewport,
    });
    await page.emulateMedia({ media: 'print' });
    await painted(page);
    expect(await page.locator('#toolbar').isVisible()).toBe(false);
    expect(contrast(rgbOf(await colorOf(page, '--page')), [255, 255, 255])).toBe(1);
    const box = (await page.locator('#chart canvas').first().boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(690);
    expect((await laneColors(page, 'claims', 0.03))[0]![0]).toBeGreaterThan(200);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(690);
    const paper = await page.pdf({ format: 'A4' });
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('without scripts the words and tables are there, and the page says what is missing', async () => {
    const { page, complaints } = await open(browser, file('crash'), { javaScriptEnabled: false });
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
    expect(text).toContain('outage 3.874 s, caused by a crash of 192.168.0.209');
    expect(text).toMatch(/detection 3\.96\d s/);
    expect(text).toContain('drawn by a script');
    expect(await page.locator('#toolbar').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a capture of 100,000 frames opens in time', async () => {
    const capture = path.join(folder, 'large.pcap');
    spawnSync(process.execPath, [GENERATE, capture, '100000', '20']);
    const started = performance.now();
    await makePage(file('large'), capture);
    expect(performance.now() - started).toBeLessThan(LOAD_MAX_MS);
    expect(fs.statSync(file('large')).size).toBeLessThan(SIZE_MAX);
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { page, complaints, milliseconds } = await open(browser, file('large'));
      times.push(milliseconds);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
    // The machine may be busy: the best of three is the page's own.
    expect(Math.min(...times)).toBeLessThan(LOAD_MAX_MS);
  });
});

async function colorOf(page: Page, name: string): Promise<string> {
  const script = `getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`;
  return page.evaluate<string>(script);
}

async function view(page: Page): Promise<{ from: number; to: number }> {
  const chart = page.locator('#chart');
  const [from, to] = await Promise.all(
    ['data-from', 'data-to'].map((one) => chart.getAttribute(one)),
  );
  return { from: Number(from), to: Number(to) };
}

/** The middle of the first lane with this label, and where the lanes begin and end. */
async function laneOf(page: Page, label: string) {
  const word = (await page.locator('.lane-label', { hasText: label }).first().boundingBox())!;
  const canvas = (await page.locator('#chart canvas').first().boundingBox())!;
  const y = word.y + word.height / 2;
  return { y, left: word.x + word.width + 12, right: canvas.x + canvas.width - 18, canvas };
}

/** The colours of a lane at these parts of the canvas's width. */
async function laneColors(page: Page, label: string, ...parts: number[]): Promise<number[][]> {
  const { y, canvas } = await laneOf(page, label);
  const left = 178;
  const places = parts.map((part) => [left + part * (canvas.width - left - 18), y - canvas.y + 8]);
  return page.evaluate<number[][]>(`(() => {
    const canvas = document.querySelector('#chart canvas');
    const scale = canvas.width / canvas.clientWidth;
    const context = canvas.getContext('2d');
    return ${JSON.stringify(places)}.map(([x, y]) => {
      const [r, g, b, a] = context.getImageData(x * scale, y * scale, 1, 1).data;
      const under = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
      const base = Number.parseInt(under.slice(1), 16);
      const mix = (over, shift) => (over * a + ((base >> shift) & 255) * (255 - a)) / 255;
      return [mix(r, 16), mix(g, 8), mix(b, 0)];
    });
  })()`);
}

/** Moves the pointer along a lane until the tooltip says this. */
async function sweep(page: Page, label: string, wanted: RegExp) {
  const { y, left, right } = await laneOf(page, label);
  const tip = page.locator('.tip');
  for (let x = left; x < right; x += 3) {
    await page.mouse.move(x, y);
    const isThere = (await tip.count()) > 0 && (await tip.first().isVisible());
    const text = isThere ? await tip.first().innerText() : '';
    if (wanted.test(text)) return { x, y, text };
  }
  throw new Error(`no tooltip in ${label} says ${wanted}`);
}
