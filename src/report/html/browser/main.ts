/// <reference lib="dom" />
/**
 * What runs in the page: it draws the lanes from the data that the page carries, and makes links,
 * buttons and frame numbers work. Bundled by scripts/build.mjs and inlined; no other file of ours
 * imports it. The page is complete without it but for the lanes.
 */
import type { Picture } from '../picture.ts';
import { armFrames } from './filter.ts';
import { LanesView } from './lanes-view.ts';
import { occasionsOf } from './occasions.ts';

const OCCASIONS_SHOWN = 6;
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
  for (const id of ['legend', 'toolbar', 'hint']) {
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
  for (const { from, to, names, about } of occasionsOf(picture).slice(0, OCCASIONS_SHOWN)) {
    const margin = Math.max(SPAN_MIN / 2, (to - from) * 0.4);
    const [first, last = first] = [names[0], names.at(-1)];
    const text = names.length === 1 ? `Failover ${first}` : `Failovers ${first}–${last}`;
    add(text, about.join('; '), () => view.show(from - margin, to + margin));
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
