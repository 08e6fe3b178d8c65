/** A real Chromium for tests of pages: found on the PATH, never downloaded. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executable = findExecutable();
/** In continuous integration nothing may be skipped: there the tests fail without a browser. */
export const hasChromium = executable !== null || process.env.CI !== undefined;

if (!hasChromium) console.warn('skipped: no Chromium on the PATH');

function findExecutable(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next place.
    }
  }
  return null;
}

export function launch(): Promise<Browser> {
  if (executable === null) throw new Error('no Chromium on the PATH');
  return chromium.launch({ executablePath: executable, headless: true, args: ARGUMENTS });
}

/** A page, and everything about it that should not be. */
export interface Opened {
  page: Page;
  complaints: string[];
  requests: string[];
  milliseconds: number;
}

/** Opens a file and waits until what it draws is on the screen. */
export async function open(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  const started = performance.now();
  await page.goto(`file://${file}`);
  if (options.javaScriptEnabled !== false) await painted(page);
  return { page, complaints, requests, milliseconds: performance.now() - started };
}

/** Two frames later everything that was asked to be drawn is drawn. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
}
