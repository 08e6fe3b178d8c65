import type { Analysis } from './analysis.ts';
import type { AskedAsides } from './asides.ts';
import { contestedOf } from './contested.ts';

/** What clients asked in vain, and how: keys only of what there is, none in the JSON document. */
export function askedOf(analysis: Analysis): AskedAsides {
  const { outages, entries, vainQuestions, tracks } = analysis;
  const beginnings = outages.beginnings.entries(entries);
  const questions = vainQuestions.entries(analysis);
  const refusedConnections = outages.refusals.entries(tracks, entries);
  const contested = contestedOf(analysis);
  return {
    ...(beginnings.length === 0 ? {} : { beginnings }),
    ...(questions.length === 0 ? {} : { questions }),
    ...(contested.length === 0 ? {} : { contested }),
    ...(refusedConnections.length === 0 ? {} : { refusedConnections }),
  };
}
