/** Small pieces that several sections of the page are made of. */
import type { Severity } from '../../analysis/result.ts';
import type { Tone } from '../page.ts';
import { count, offset } from '../quantity.ts';
import { type Content, html, type Markup } from './markup.ts';

/** A frame number; the page's code makes it copy a display filter. */
export function frame(number: number | null): Markup {
  if (number === null) return html`<span class="none">–</span>`;
  return html`<code class="frame" data-frame="${number}">${number}</code>`;
}

/** A moment as t, linked to its place in the lanes; `span` is what should be in view around it. */
export function moment(t: number | null, span = 0, text = `${offset(t)} s`): Markup {
  if (t === null) return html`<span class="none">–</span>`;
  return html`<a class="moment" href="#lanes" data-t="${t}" data-span="${span}">${text}</a>`;
}

/** Of a table, or of each end of one that shows both. */
export const ROWS_MAX = 60;

export interface Column {
  title: string;
  isNumber?: boolean;
}

/** A table that becomes a list of labelled values where the page is narrow. */
export function table(columns: Column[], rows: Content[][], name: string): Markup {
  const kind = (index: number): string => (columns[index]?.isNumber === true ? 'number' : 'text');
  const heads = columns.map(
    ({ title }, index) => html`<th scope="col" class="${kind(index)}">${title}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => {
      const label = columns[index]?.title ?? '';
      return html`<td class="${kind(index)}" data-label="${label}"><div>${cell}</div></td>`;
    });
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<table class="${name}"><thead><tr>${heads}</tr></thead>
<tbody>
${body}</tbody></table>`;
}

export function section(id: string, title: string, ...content: Content[]): Markup {
  return html`
<section id="${id}"><h2>${title}</h2>
${content}
</section>`;
}

/** What a cut list leaves out. */
export function more(hidden: number, where = ' (--format json has them)'): Content {
  if (hidden <= 0) return null;
  return html`<p class="quiet">… ${count(hidden)} more${where}.</p>`;
}

const SIGNS: Record<string, string> = { bad: '✕', warn: '!', good: '✓', dim: 'i', plain: '·' };

/** A sign for the tone, so that colour says nothing alone. */
export function sign(tone: Tone): Markup {
  return html`<span class="sign ${tone}" aria-hidden="true">${SIGNS[tone] ?? '·'}</span>`;
}

export const SEVERITY_TONES: Record<Severity, Tone> = {
  error: 'bad',
  warning: 'warn',
  info: 'dim',
};
