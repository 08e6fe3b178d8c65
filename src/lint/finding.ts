/**
 * What a rule is and what it has to say: the place, why it matters, and what to write instead. A
 * finding never holds a password; lines of a file are shown by `source-lines.ts`, which masks them.
 */
import type { Cluster } from './cluster.ts';
import type { Place } from './notices.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Octets of a file to be replaced: from a place up to, not including, another. */
export interface Edit {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

export interface Fix {
  /** Empty where the file cannot be edited for the user: a word that a parameter made. */
  readonly edits: readonly Edit[];
  /** What to write, in keepalived's words; empty: the line is to go. */
  readonly write: readonly string[];
  /** A line of `global_defs` that does the same for every instance that says nothing of its own. */
  readonly forAll?: string;
}

export interface Related {
  readonly place: Place;
  readonly message: string;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Whose file; null where it is about all of them. */
  readonly host: string | null;
  readonly place: Place | null;
  /** Columns that the caret marks; 1 or more. */
  readonly length: number;
  /** One sentence: what is wrong here and what comes of it. */
  readonly message: string;
  readonly fix: Fix | null;
  readonly related: readonly Related[];
}

/** What a rule says of one place; severity and length are filled in. */
export interface Remark {
  readonly host: string | null;
  readonly place: Place | null;
  readonly message: string;
  readonly fix?: Fix | null;
  readonly related?: readonly Related[];
  /** Where it weighs otherwise than the rule usually does. */
  readonly severity?: Severity;
}

export type Report = (remark: Remark) => void;

export interface Rule {
  /** Kebab case; a section of docs/lint.md. */
  readonly id: string;
  readonly severity: Severity;
  /** What it finds, in a few words. */
  readonly title: string;
  /** Where it is written: man page, RFC, manual fact, capture. */
  readonly source: string;
  readonly check: (cluster: Cluster, report: Report) => void;
}
