/** What keeps the server's database from taking changes, as long as the server repeats it. */

/** The server repeats it every two seconds. */
const FORGOTTEN_MS = 6000;

/**
 * Hear of it.
 *
 * @param {(code: string | null) => void} tell  gets the code at each repetition; null once it is over
 */
export function onFault(tell) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  document.addEventListener("server-fault", (event) => {
    tell(/** @type {CustomEvent<string>} */ (event).detail);
    clearTimeout(timer);
    timer = setTimeout(() => tell(null), FORGOTTEN_MS);
  });
}
