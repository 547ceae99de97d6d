/** What can honestly be said about a slip on its way to paper. */

/** A printer that has said nothing for so long has not confirmed. */
export const CONFIRM_WITHIN_MS = 20_000;

/** States of a printer in which a slip that was not sent yet cannot come out. */
const CANNOT_PRINT = new Set(["out", "cover", "offline", "none"]);

/**
 * @typedef {"printing" | "printed" | "unconfirmed" | "none"} SlipState
 */

/**
 * @param {string | undefined} job      state of the print job: queued, sent, printed, unconfirmed or failed; undefined
 *                                      while the server has not spoken of it
 * @param {string | undefined} printer  state of the printer, undefined while unknown
 * @param {number} waited               milliseconds since the number was given
 * @returns {SlipState}  "sent" is not "printed", and silence is neither "printed" nor "not printed"
 */
export function slipState(job, printer, waited) {
  if (job === "printed" || job === "unconfirmed") return job;
  if (job === "failed") return "none";
  if (job !== "sent" && printer !== undefined && CANNOT_PRINT.has(printer)) return "none";
  return waited < CONFIRM_WITHIN_MS ? "printing" : "unconfirmed";
}
