/**
 * A page's clock that goes on while the device sleeps.
 *
 * `performance.now()` stands still on many devices that sleep, so a phone that was in a pocket for twenty minutes would
 * take what it shows for seconds old. `Date.now()` goes on, but somebody may set it. So it is the former, and whenever
 * the latter has run ahead of it, that is added. A clock set forward counts as sleep, which costs one look at the
 * server; one set back counts as nothing.
 */

/** What the two may drift apart between two calls without a sleep. */
const DRIFT_MS = 1000;

let slept = 0;
let ahead = Date.now() - performance.now();

/** @returns {number} milliseconds since the page began, sleep included; it never goes back */
export function uptime() {
  const was = ahead;
  ahead = Date.now() - performance.now();
  if (ahead - was > DRIFT_MS) slept += ahead - was;
  return performance.now() + slept;
}
