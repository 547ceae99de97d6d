/** From the choice of a department to the number, however badly the line behaves. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { PostError } from "../shared/post.js";
import { text } from "../shared/texts.js";
import { nameOf, showSign } from "./departments.js";
import { ask, begin, fail, giveUp, PATIENCE_MS } from "./presses.js";
import { show } from "./screens.js";

const SLOW_AFTER_MS = 6_000;
const AWAY_AFTER_MS = 20_000;

/**
 * The waiting screen and what happens behind it. One press at a time.
 *
 * @param {object} outcome
 * @param {(answer: import("./presses.js").Answer, press: import("./presses.js").Press) => void} outcome.onToken
 * @param {(code: string, press: import("./presses.js").Press) => void} outcome.onRefused  the server's code
 * @param {() => void} outcome.onGivenUp              nobody waits any more; what became of the press is settled later
 */
export function taking({ onToken, onRefused, onGivenUp }) {
  /** @type {AbortController | null} */
  let control = null;
  /** @type {ReturnType<typeof setTimeout>[]} */
  let timers = [];

  const after = (/** @type {number} */ delay, /** @type {() => void} */ action) =>
    timers.push(setTimeout(action, Math.max(0, delay)));

  /**
   * @param {import("./presses.js").Press} press
   * @param {import("./departments.js").Department | undefined} department
   */
  const follow = async (press, department) => {
    const current = new AbortController();
    control = current;
    const age = Date.now() - press.at;
    showWaiting(department);
    after(SLOW_AFTER_MS - age, () => setText(find("#wait-words"), text("wait_slow")));
    after(AWAY_AFTER_MS - age, showAway);
    after(PATIENCE_MS - age, () => current.abort());
    try {
      const answer = await ask(press, current.signal);
      onToken(answer, press);
    } catch (error) {
      if (current.signal.aborted) {
        giveUp(press);
        onGivenUp();
      } else {
        fail(press, error);
        onRefused(error instanceof PostError ? error.code : "", press);
      }
    } finally {
      for (const timer of timers) clearTimeout(timer);
      timers = [];
      control = null;
    }
  };

  find("#stop").addEventListener("click", () => control?.abort());

  return {
    /** @returns {boolean} whether a press is waiting for its answer */
    isBusy: () => control !== null,

    /**
     * @param {import("./departments.js").Department} department
     * @param {"normal" | "assisted"} priority
     */
    take(department, priority) {
      if (control) return;
      const language = document.documentElement.lang;
      void follow(begin({ department: department.code, language, priority }), department);
    },

    /** Go on with the press of a page that ended too early. */
    resume: follow,
  };
}

/** @param {import("./departments.js").Department | undefined} department */
function showWaiting(department) {
  const plate = find("#wait-plate");
  setAttribute(plate, "hidden", !department);
  if (department) showSign(plate, department);
  setText(find("#wait-department"), department ? nameOf(department) : "");
  setText(find("#wait-words"), "");
  setAttribute(find("#stop-row"), "hidden", true);
  show("wait");
}

function showAway() {
  setText(find("#wait-words"), text("wait_away"));
  setAttribute(find("#stop-row"), "hidden", false);
}
