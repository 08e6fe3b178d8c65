/**
 * The two derived times of VRRP, in nanoseconds as a number (fractions included: the RFCs' 256ths
 * of a centisecond are not whole nanoseconds).
 *
 * `priority` is always the waiting backup's own, 1 to 255; `interval` is nanoseconds: its own in
 * version 2, where both must agree, the master's in version 3 (Active_Adver_Interval).
 */

const SECOND = 1e9;
/** RFC 3768 and RFC 9568 section 6.1; keepalived's `down_timer_adverts` replaces it. */
export const ADVERTS_MISSED_MAX = 3;

/**
 * Skew_Time. RFC 3768 section 6.1: (256 - priority) / 256 s. RFC 9568 section 6.1: the same
 * share of the master's advert interval.
 */
export function skewTime(version: 2 | 3, priority: number, interval: number): number {
  return ((256 - priority) * (version === 2 ? SECOND : interval)) / 256;
}

/**
 * Master_Down_Interval (Active_Down_Interval in RFC 9568): three intervals and the skew. An
 * interval of 0, which some version 2 senders write, leaves the skew alone.
 */
export function masterDownInterval(
  version: 2 | 3,
  priority: number,
  interval: number,
  advertsMissed: number = ADVERTS_MISSED_MAX,
): number {
  return advertsMissed * interval + skewTime(version, priority, interval);
}
