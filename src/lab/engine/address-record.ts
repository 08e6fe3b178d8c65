/** The address that a record of the ring of events is about: the first four words of its octets. */
import type { RecordRing } from '../../dataplane/record-ring.ts';
import type { AddressWords } from '../../dataplane/router.ts';
import { formatWords } from '../../havip/address-words.ts';

export const ADDRESS_OCTETS = 16;

export function addressIn({ view, at }: RecordRing): AddressWords {
  return [view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12)];
}

/** As text; its family is the record's first number. */
export function addressTextIn(ring: RecordRing): string {
  return formatWords(ring.a === 4 ? 4 : 6, addressIn(ring));
}
