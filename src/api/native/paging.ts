/** A list as it is answered: the page that was asked for, and how many there are in all. */
import type { ApiAnswer } from '../dialect.ts';
import { ok } from './route.ts';

export interface PageAsked {
  limit: number;
  offset: number;
}

export function pageOf<T>(all: readonly T[], { limit, offset }: PageAsked): ApiAnswer {
  return ok({ items: all.slice(offset, offset + limit), total: all.length, limit, offset });
}
