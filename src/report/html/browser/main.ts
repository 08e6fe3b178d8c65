/// <reference lib="dom" />
/**
 * What runs in the page: it draws the lanes from the data that the page carries, and makes links,
 * buttons and frame numbers work. Bundled by scripts/build.mjs and inlined; no other file of ours
 * imports it. The page is complete without it but for the lanes.
 */
import type { Picture } from '../picture.ts';
import { armFrames } from './filter.ts';
import { LanesView } from './lanes-view.ts';

const FAILOVERS_SHOWN = 6;
/** In view around a link that asks for no more, seconds. */
const SPAN_MIN = 2;

armFrames();
start();

function start(): void {
  const data = document.getElementById('picture')?.textContent ?? '';
  const element = document.getElementById('chart');
  if (element === null || data === '') return;
  const picture = JSON.parse(data) as Picture;
  const view = new LanesView(picture, element);
  for (const id of ['legend', 'toolbar']) {
    const one = document.getElementById(id);
    if (one !== null) one.hidden = false;
  }
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', 'Lanes over time; the tables below say the same in words.');
  armButtons(view, picture);
  armLinks(view);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', () => view.draw());
  const paper = matchMedia('print');
  paper.addEventListener('change', () => view.setPaper(paper.matches));
  if (paper.matches) view.setPaper(true);
}

function armButtons(view: LanesView, picture: Picture): void {
  const toolbar = document.getElementById('toolbar');
  if (toolbar === null) return;
  const add = (text: string, title: string, act: () => void): void => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.title = title;
    button.addEventListener('click', act);
    toolbar.append(button);
  };
  add('Whole capture', 'show all of it', () => view.whole());
  add('−', 'show more', () => view.zoomOut());
  add('+', 'show less (or Ctrl and the mouse wheel)', () => view.zoomIn());
  const events = picture.groups.flatMap(({ events: of, outages }) =>
    of.map((event) => ({ event, outages })),
  );
  events.sort((a, b) => a.event.t - b.event.t);
  for (const { event, outages } of events.slice(0, FAILOVERS_SHOWN)) {
    const around = outages.find(({ from, to }) => from <= event.t && event.t <= to + 1);
    const from = Math.min(around?.from ?? event.t, event.t);
    const to = Math.max(around?.to ?? event.t, event.t);
    const margin = Math.max(SPAN_MIN / 2, (to - from) * 0.4);
    const title = event.about.join(', ');
    add(`Failover ${event.text}`, title, () => view.show(from - margin, to + margin));
  }
}

/** Links into the lanes: the place scrolls into view by itself, the moment is zoomed to. */
function armLinks(view: LanesView): void {
  document.addEventListener('click', (event) => {
    const hit = event.target instanceof Element ? event.target.closest('a.moment') : null;
    if (!(hit instanceof HTMLElement)) return;
    const t = Number(hit.dataset.t);
    const span = Math.max(SPAN_MIN, Number(hit.dataset.span) || 0);
    view.showAround(t, span);
  });
}
