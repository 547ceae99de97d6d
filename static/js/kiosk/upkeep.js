/**
 * Days without a hand on the machine: new versions, a fresh start every night, and a way out of whatever got stuck.
 *
 * The page is only ever loaded anew when nobody is using it and the server has just answered, so that nobody sees a
 * browser's own error page.
 */
import { clock } from "../shared/format.js";
import { askServer, keepShell } from "../shared/shell.js";
import { pageData } from "../shared/texts.js";

const CHECK_MS = 60_000;
const NIGHT = { from: "03:30", to: "05:00" };
/** A page younger than this has had its fresh start. */
const YOUNG_MS = 2 * 3_600_000;
/** The line may be dead for so long while the server answers. */
const STUCK_MS = 120_000;
/** So long without a picture painted, and the browser is no longer drawing. */
const UNPAINTED_MS = 180_000;
/** No two fresh starts for one of these faults come sooner after one another. */
const PAUSE_MS = 10 * 60_000;

/**
 * @param {object} page
 * @param {() => boolean} page.isQuiet   nobody is using the screen
 * @param {() => boolean} page.isStale   nothing has come over the live line lately
 * @param {() => Date} page.serverNow
 * @returns {{refused: () => void}}  `refused`: the server does not take this kiosk any more, its own page says why
 */
export function keepUp({ isQuiet, isStale, serverNow }) {
  let lastFreshAt = performance.now();
  let paintedAt = performance.now();
  let isRefused = false;

  const check = async () => {
    const now = performance.now();
    if (!isStale()) lastFreshAt = now;
    if (!isQuiet()) return;
    const version = await askServer("/kiosk", "Kiosk-Version");
    if (version === undefined || !isQuiet()) return;
    const isStuck = now - lastFreshAt > STUCK_MS || now - paintedAt > UNPAINTED_MS || isRefused;
    if (version !== null && version !== pageData().version) reload();
    else if (now > YOUNG_MS && isNight(clock(serverNow()))) reload();
    else if (isStuck && now > PAUSE_MS) reload();
    else if (isRefused && version === null) reload();
  };

  setInterval(() => {
    if (document.visibilityState === "visible") requestAnimationFrame(() => (paintedAt = performance.now()));
    else paintedAt = performance.now();
    void check();
  }, CHECK_MS);
  void keepShell("/kiosk");

  return {
    refused() {
      isRefused = true;
      void check();
    },
  };
}

/**
 * @param {string} time  "03:45"
 * @returns {boolean}
 */
function isNight(time) {
  return time >= NIGHT.from && time < NIGHT.to;
}

function reload() {
  location.reload();
}
