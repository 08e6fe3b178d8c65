/**
 * Someone who looks at records where they lie, one after the other, instead of having them put
 * into a batch: for who has nothing to do with most of them. Only what is ordinary is shown, of a
 * file of one interface: whole records with times in order; for the rest there is `read`.
 */
export interface RecordVisitor {
  /** Records from this second (since 1970) on are not shown. */
  readonly until: number;
  /** Number of the record that was shown last; the reader counts on from it. */
  number: number;
  /** Octets on the wire of all that was shown; the reader adds to it. */
  octets: number;
  /** Time of the record that was shown last. */
  seconds: number;
  nanoseconds: number;
  /** True where nothing is to be done about the record [at, end) of `view`. */
  passes(view: DataView, at: number, end: number, number: number): boolean;
  /** One that was not passed over. The view is that of a batch: others' octets lie beside it. */
  take(
    view: DataView,
    at: number,
    end: number,
    number: number,
    seconds: number,
    nanoseconds: number,
    wireLength: number,
  ): void;
}
