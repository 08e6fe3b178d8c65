/**
 * A lab document's shape, checked against the schema: of all that is wrong, the one finding that
 * helps most, at its line.
 */
import type { z } from 'zod';
import type { FieldPath, LabDocument } from './lab-document.ts';
import { type Lab, labSchema } from './schema.ts';

interface Finding {
  path: FieldPath;
  problem: string;
  /** A mistyped key explains the key that seems missing, so it goes first. */
  isUnknownKey: boolean;
}

/** Throws a LabFileError for a document that is no lab. */
export function checkShape(document: LabDocument): Lab {
  const result = labSchema.safeParse(document.value);
  if (result.success) return result.data;
  const findings = result.error.issues.map((issue) => findingOf(issue, []));
  const ranked = findings.map((finding) => {
    return {
      finding,
      rank: [finding.isUnknownKey ? 0 : 1, document.lineOf(finding.path)] as const,
    };
  });
  ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
  const first = ranked[0]!.finding;
  return document.fail(first.path, first.problem);
}

type Issue = z.core.$ZodIssue;

function findingOf(issue: Issue, around: FieldPath): Finding {
  const path = [...around, ...issue.path.map((part) => part as string | number)];
  if (issue.code === 'unrecognized_keys') {
    return { path: [...path, issue.keys[0]!], problem: issue.message, isUnknownKey: true };
  }
  if (issue.code === 'invalid_key') {
    return { path, problem: issue.issues[0]?.message ?? issue.message, isUnknownKey: true };
  }
  if (issue.code === 'invalid_union') return findingOf(closest(issue.errors), path);
  return { path, problem: issue.message, isUnknownKey: false };
}

/** The branch of a union that the writer had in mind: the one that got furthest. */
function closest(branches: Issue[][]): Issue {
  const reached = (issue: Issue) => {
    if (issue.path.length > 0) return 2;
    return issue.code === 'invalid_type' ? 0 : 1;
  };
  const firsts = branches.map((branch) => branch[0]!);
  return firsts.reduce((best, issue) => (reached(issue) > reached(best) ? issue : best));
}
