import type { Analysis } from './analysis.ts';
import type { ReplayResult } from './result.ts';

type Asked = Pick<ReplayResult, 'beginnings' | 'questions' | 'refusedConnections'>;

/** What clients asked in vain, and how: keys only of what there is, none in the JSON document. */
export function askedOf(analysis: Analysis): Asked {
  const { outages, entries, vainQuestions, tracks } = analysis;
  const beginnings = outages.beginnings.entries(entries);
  const questions = vainQuestions.entries(analysis);
  const refusedConnections = outages.refusals.entries(tracks, entries);
  return {
    ...(beginnings.length === 0 ? {} : { beginnings }),
    ...(questions.length === 0 ? {} : { questions }),
    ...(refusedConnections.length === 0 ? {} : { refusedConnections }),
  };
}
