/** What `havip list` asks a running lab for: the HaVips of its control plane, searched. */
import { type HavipRow, type ListFilter, rowsOf } from '../havip/inventory/listing.ts';
import type { Plane } from '../havip/inventory/plane.ts';
import type { ControlRequest } from './control-server.ts';

const FIELDS = ['text', 'subnet', 'vpc', 'status'] as const;

/** A field that is no text filters nothing; a status that no HaVip has finds none. */
export function listHavips(plane: Plane, request: ControlRequest): HavipRow[] {
  const given = FIELDS.filter((field) => typeof request[field] === 'string');
  return rowsOf(
    plane,
    Object.fromEntries(given.map((field) => [field, request[field]])) as ListFilter,
  );
}
