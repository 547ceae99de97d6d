/** Waiting for what may never happen. */

/**
 * @param {EventTarget} target
 * @param {string[]} names
 * @param {number} most  milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  whether one of the events came in time, and before an abort
 */
export function happening(target, names, most, signal) {
  return new Promise((resolve) => {
    const finish = (/** @type {boolean} */ hasHappened) => {
      clearTimeout(timer);
      for (const name of names) target.removeEventListener(name, onEvent);
      signal.removeEventListener("abort", onAbort);
      resolve(hasHappened);
    };
    const onEvent = () => finish(true);
    const onAbort = () => finish(false);
    const timer = setTimeout(onAbort, most);
    for (const name of names) target.addEventListener(name, onEvent);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
export function pause(milliseconds, signal) {
  return happening(new EventTarget(), [], milliseconds, signal);
}
