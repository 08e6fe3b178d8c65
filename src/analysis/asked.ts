import type { Analysis } from './analysis.ts';
import type { ReplayResult } from './result.ts';

/** What clients asked in vain, and how: keys only of what there is, none in the JSON document. */
export function askedOf(analysis: Analysis): Pick<ReplayResult, 'beginnings' | 'questions'> {
  const { outages, entries, vainQuestions } = analysis;
  const beginnings = outages.beginnings.entries(entries);
  const questions = vainQuestions.entries(analysis);
  return {
    ...(beginnings.length === 0 ? {} : { beginnings }),
    ...(questions.length === 0 ? {} : { questions }),
  };
}
