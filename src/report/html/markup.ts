/**
 * HTML by a template that escapes whatever is put into it, unless it is markup itself: a name from
 * a capture or a lab file cannot become an element. Knows nothing of reports.
 */
import { clean } from '../layout.ts';

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | null | readonly Content[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute; control and direction characters become `?`. */
function escapeHtml(text: string): string {
  return clean(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}

/** Markup with its values escaped; `null` is nothing, a list is its entries one after the other. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] as string;
  for (const [index, value] of values.entries()) text += textOf(value) + parts[index + 1];
  return new Markup(text);
}

/** A value as JSON that can stand inside a script element, whatever strings it holds. */
export function embeddedJson(value: unknown): Markup {
  const text = JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
  return new Markup(text);
}

function textOf(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? escapeHtml(value) : value.map(textOf).join('');
}
