/**
 * The replay result as one HTML page that needs nothing else: no network, no other file. The
 * verdict stands on top, the lanes under it, the tables below say all of it again, for readers
 * without scripts and for paper. What the page may do is fixed by its own policy: the one script
 * and the one style in it, known by their digests, and nothing else.
 */
import { createHash } from 'node:crypto';
import type { Lanes } from '../../analysis/lanes.ts';
import type { ReplayResult } from '../../analysis/result.ts';
import { Naming } from '../naming.ts';
import { failovers } from './failovers.ts';
import { makePicture } from './make-picture.ts';
import { type Content, embeddedJson, html, Markup } from './markup.ts';
import { capture, hosts, routers } from './network.ts';
import type { Picture } from './picture.ts';
import { STYLE } from './style.ts';
import { leftOutNote, summary } from './summary.ts';
import { findings, outages, refusals, timelines } from './tables.ts';

const HOST_COLORS = 7;

/** The page; `script` is the bundled code of browser/. */
export function htmlReport(result: ReplayResult, lanes: Lanes, script: string): string {
  const naming = new Naming(result);
  const made = makePicture(result, lanes, naming);
  const { picture } = made;
  // A script element ends at the first "</script", wherever it stands.
  const code = script.replace(/<\/(?=script)/gi, '<\\/');
  const body = [
    summary(result, naming),
    picture.duration > 0 && picture.groups.length > 0
      ? lanesSection(picture, leftOutNote(lanes, made))
      : null,
    failovers(result, lanes, naming),
    outages(result, naming),
    findings(result),
    refusals(result, naming),
    timelines(result, naming),
    routers(result, naming),
    hosts(result),
    capture(result),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(code)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${result.capture.files.join(' + ') || 'capture'}: failover report</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
<footer><p class="quiet">havip replay · times are UTC, t is seconds since the first frame · frame
numbers are those that Wireshark shows; a click copies the display filter.</p></footer>
<p id="toast" role="status"></p>
<script type="application/json" id="picture">${embeddedJson(picture)}</script>
<script>${new Markup(code)}</script>
</body>
</html>
`.text;
}

function policy(script: string): string {
  const digest = (text: string): string =>
    `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function lanesSection({ hosts: names, groups }: Picture, note: Content): Markup {
  // Colours repeat where there are more hosts than colours: the names in the bars then tell them.
  const colors =
    names.length > HOST_COLORS
      ? []
      : names.map(
          (name, index) => html`<li><span class="swatch host-${index}"></span>${name}</li>`,
        );
  const hasOutage = groups.some((group) => group.outages.length > 0);
  return html`
<section id="lanes"><h2>What happened when</h2>
<div class="toolbar" id="toolbar" hidden></div>
<div id="chart" hidden></div>
<ul class="legend" id="legend" hidden>${colors}
<li><span class="symbol moved"></span>claim moved it</li>
<li><span class="symbol confirmed"></span>confirmed</li>
<li><span class="symbol noted"></span>noted</li>
<li><span class="symbol refused">✕</span>refused</li>
<li><span class="symbol traffic"></span>traffic: above from the address, below to it</li>
${hasOutage ? html`<li><span class="symbol band"></span>outage</li>` : null}</ul>
<p class="quiet" id="hint" hidden>Point at a mark for its frame, click to copy the display filter;
drag to move, Ctrl and the wheel to zoom.</p>
${note}<noscript><p class="quiet">The lanes are drawn by a script, which does not run here.
The tables below say the same.</p></noscript>
</section>`;
}
