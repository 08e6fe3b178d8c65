/**
 * The style of the page. Colours are named once, for light and for dark; the lanes read them too
 * (browser/palette.ts). The colours of hosts keep apart for readers who confuse red and green, and
 * none is the red of outages and refusals.
 */
const LIGHT = `
  --page: #f6f7f9; --surface: #ffffff; --ink: #1b2026; --quiet: #55606b; --line: #d8dee5;
  --stripe: #f1f4f7; --accent: #0a5db0; --bad: #b3201a; --warn: #8a5600; --good: #13713a;
  --bad-soft: #fdecea; --warn-soft: #fdf3e0; --good-soft: #e7f6ec; --info-soft: #eaf1f8;
  --host-0: #0a66b0; --host-1: #b86a00; --host-2: #00806b; --host-3: #a8408a; --host-4: #4a5560;
  --host-5: #6e6a00; --host-6: #8a5a44;`;

const DARK = `
  --page: #101317; --surface: #181c22; --ink: #e9ecef; --quiet: #a5afba; --line: #313943;
  --stripe: #1f242b; --accent: #7cbcff; --bad: #ff8d83; --warn: #f2c265; --good: #6fd392;
  --bad-soft: #3a1c1b; --warn-soft: #35290f; --good-soft: #15301f; --info-soft: #1b2a3a;
  --host-0: #5fb4f5; --host-1: #f2ab36; --host-2: #3fcdaf; --host-3: #f191cf; --host-4: #bcc6d0;
  --host-5: #d9d45e; --host-6: #d3a48c;`;

const TEXT = `
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--page); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, footer { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
main { padding-top: 20px; }
footer { padding-bottom: 28px; }
h1 { display: flex; gap: 12px; margin: 2px 0 10px; font-size: 25px; line-height: 1.25;
  font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; font-size: 17px; line-height: 1.3; }
h3 { margin: 18px 0 2px; font-size: 15px; }
p { margin: 4px 0; }
.source { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
.quiet, .none, .note { color: var(--quiet); }
.quiet { font-size: 13px; }
.nowrap { white-space: nowrap; }
.line { display: flex; gap: 8px; max-width: 120ch; overflow-wrap: anywhere; }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); }
h1 span:last-child, .line { color: var(--ink); }
.line.dim { color: var(--quiet); }
a { color: var(--accent); text-underline-offset: 2px; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code.frame[role] { padding: 0 4px; border: 1px solid var(--line); border-radius: 4px;
  cursor: copy; }
code.frame[role]:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sign { flex: none; display: inline-block; width: 1.5em; height: 1.5em; border-radius: 50%;
  text-align: center; line-height: 1.5em; font-weight: 700; font-size: 0.8em; margin-top: 0.2em; }
.sign.bad { background: var(--bad); color: var(--surface); }
.sign.warn { background: var(--warn); color: var(--surface); }
.sign.good { background: var(--good); color: var(--surface); }
.sign.dim, .sign.plain { background: var(--info-soft); color: var(--quiet); }
h1 .sign { margin-top: 0.14em; }
`;

const HOSTS = [0, 1, 2, 3, 4, 5, 6];

const BLOCKS = `
section { margin: 18px 0; padding: 18px 20px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 10px; }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 12px;
  margin: 16px 0; }
.tile { padding: 10px 14px; background: var(--surface); border: 1px solid var(--line);
  border-radius: 10px; min-width: 0; }
.tile dt { color: var(--quiet); font-size: 12.5px; }
.tile dd { margin: 0; font-size: 20px; font-weight: 650; line-height: 1.3;
  overflow-wrap: anywhere; }
.tile dd a { color: inherit; text-decoration-thickness: 1px; }
.tile dd.note { font-size: 12.5px; font-weight: 400; line-height: 1.35; }
.toolbar { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 10px; }
.toolbar[hidden] { display: none; }
.toolbar button { font: inherit; font-size: 13px; min-height: 30px; padding: 2px 11px;
  color: var(--ink); background: var(--surface); border: 1px solid var(--line);
  border-radius: 6px; cursor: pointer; }
.toolbar button:hover { border-color: var(--accent); }
#chart { position: relative; width: 100%; touch-action: pan-y; }
.lane-label, .group-label { position: absolute; left: 0; pointer-events: none; overflow: hidden;
  white-space: nowrap; text-overflow: ellipsis; }
.lane-label { color: var(--quiet); font-size: 12.5px; }
.group-label { font-weight: 650; font-size: 13.5px; }
.tip { max-width: 300px; font-size: 13px; line-height: 1.45; white-space: normal;
  overflow-wrap: anywhere; }
.tip p { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0 0; padding: 0;
  list-style: none; font-size: 13px; color: var(--quiet); }
.legend[hidden] { display: none; }
.legend li { display: flex; align-items: center; gap: 6px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; flex: none; }
${HOSTS.map((n) => `.swatch.host-${n} { background: var(--host-${n}); }`).join('\n')}
.symbol { display: inline-block; width: 11px; height: 11px; flex: none; }
.symbol.moved { background: var(--ink); transform: rotate(45deg) scale(0.8); }
.symbol.confirmed { background: var(--quiet); border-radius: 50%; transform: scale(0.7); }
.symbol.noted { border: 2px solid var(--quiet); border-radius: 50%; transform: scale(0.8); }
.symbol.refused { color: var(--bad); font-weight: 700; line-height: 11px; }
.symbol.band { width: 18px; border: 1px solid var(--bad); background:
  repeating-linear-gradient(135deg, var(--bad) 0 1px, transparent 1px 5px); }
.symbol.traffic { width: 18px; background:
  linear-gradient(var(--host-0) 0 45%, transparent 45% 58%, var(--quiet) 58%); }
#toast { position: fixed; left: 50%; bottom: 20px; transform: translateX(-50%); margin: 0;
  padding: 8px 14px; border-radius: 8px; background: var(--ink); color: var(--page);
  font-size: 13.5px; opacity: 0; pointer-events: none; max-width: calc(100vw - 32px); }
#toast.shown { animation: toast 2.4s ease-out; }
@keyframes toast { 0%, 80% { opacity: 1; } 100% { opacity: 0; } }
`;

const TABLES = `
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 600; font-size: 12.5px; color: var(--quiet);
  padding: 4px 10px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: break-word; }
tr:last-child td { border-bottom: 0; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums;
  padding-right: 18px; overflow-wrap: normal; white-space: nowrap; }
.bar { display: block; width: 100%; min-width: 180px; height: 26px; }
rect.detection, .swatch.detection { fill: var(--host-0); background: var(--host-0); }
rect.claim, .swatch.claim { fill: var(--host-3); background: var(--host-3); }
rect.repoint, .swatch.repoint { fill: var(--host-1); background: var(--host-1); }
rect.recovery, .swatch.recovery { fill: var(--host-2); background: var(--host-2); }
rect.outage { fill: var(--bad); }
.parts, .frames { margin: 0; padding: 0; list-style: none; font-size: 13px; }
.parts { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 3px; }
.parts .swatch { width: 10px; height: 10px; margin-right: 5px; }
.frames li { white-space: nowrap; color: var(--quiet); }
.frames code { color: var(--ink); }
.findings { margin: 0; padding: 0; list-style: none; }
.findings li { padding: 10px 12px; margin: 8px 0; border-radius: 8px; color: var(--ink); }
.findings li.bad { background: var(--bad-soft); }
.findings li.warn { background: var(--warn-soft); }
.findings li.dim { background: var(--info-soft); }
.findings p { margin: 2px 0; max-width: 100ch; overflow-wrap: anywhere; }
.findings .sign { margin: 0 8px 0 0; }
.advice::before { content: "→ "; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 18px;
  margin: 0; font-size: 14px; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
`;

const NARROW = `
@media screen and (max-width: 900px) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .tile:last-child { grid-column: span 2; }
  table, tbody, tr, td { display: block; width: 100%; }
  thead { display: none; }
  tr { padding: 8px 0; border-bottom: 1px solid var(--line); }
  tr:last-child { border-bottom: 0; }
  td, td.number { display: grid; grid-template-columns: 96px minmax(0, 1fr); padding: 2px 0;
    border: 0; text-align: left; white-space: normal; overflow-wrap: anywhere; }
  td::before { content: attr(data-label); color: var(--quiet); font-size: 12.5px; }
  .bar { min-width: 0; }
}
@media screen and (max-width: 560px) {
  main, footer { padding-left: 12px; padding-right: 12px; }
  section { padding: 14px 12px; }
  h1 { font-size: 20px; gap: 9px; }
  .tile dd { font-size: 17px; }
}
`;

const PRINT = `
@media print {
  :root {${LIGHT} --page: #ffffff; color-scheme: light; }
  @page { margin: 14mm; }
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin: 14pt 0; }
  .tile, tr, .findings li, #chart, h2, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .toolbar, #toast, #hint { display: none; }
  a { color: inherit; text-decoration: none; }
  code.frame[role] { border: 0; padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

export const STYLE = `
:root { color-scheme: light dark;${LIGHT} }
@media (prefers-color-scheme: dark) { :root {${DARK} } }
${TEXT}${BLOCKS}${TABLES}${NARROW}${PRINT}`;
