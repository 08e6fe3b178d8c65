/**
 * The replay result as text that reads top-down: the verdict, who held what when, each failover
 * and outage, what was refused, who is there, what to look at, what was read.
 */
import type { ReplayResult } from '../analysis/result.ts';
import { writeCaches } from './caches-section.ts';
import { writeCapture, writeFindings } from './capture-section.ts';
import { writeClaims } from './claims-section.ts';
import { writeFailovers } from './failovers-section.ts';
import { Naming } from './naming.ts';
import { writeHosts, writeRouters } from './network-section.ts';
import { writeOutages, writeRefusals } from './outages-section.ts';
import { type Look, Page } from './page.ts';
import { writeTimelines } from './timeline-section.ts';
import { writeVerdict } from './verdict.ts';

/** The whole report; no line is wider than `look.width` columns. */
export function textReport(result: ReplayResult, look: Look): string {
  const page = new Page(look);
  const naming = new Naming(result);
  writeVerdict(page, result, naming);
  writeTimelines(page, result, naming);
  writeFailovers(page, result, naming);
  writeOutages(page, result, naming);
  writeCaches(page, result, naming);
  writeClaims(page, result, naming);
  writeRefusals(page, result, naming);
  writeRouters(page, result, naming);
  writeHosts(page, result);
  writeFindings(page, result);
  writeCapture(page, result);
  return page.text();
}
