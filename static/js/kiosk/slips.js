/** A slip that was scanned: how its number stands, and what whoever holds it may do. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { awayWords, firstWords, waitRange } from "../shared/format.js";
import { newKey, post, PostError } from "../shared/post.js";
import { goWords, roomWords } from "../shared/rooms.js";
import { listenForScans, slipKey } from "../shared/scanner.js";
import { text } from "../shared/texts.js";
import { camera } from "./camera.js";
import { nameOf, showSign } from "./departments.js";
import { askWith, show, shown } from "./screens.js";
import { aboutPeople, notice, speak } from "./words.js";

/** Screens on which a slip may be held before the scanner; on the others somebody is busy with something else. */
const SCREENS = ["home", "departments", "scan", "slip", "papers"];
/** Changes of the queue come in crowds; a number that is shown is looked at again after so long. */
const AGAIN_MS = 700;

/** @typedef {import("../shared/slip-views.js").ScannedSlip} Slip */

/**
 * The ear for the scanner, the screen that asks for a slip, and the one that shows it.
 *
 * @param {object} how
 * @param {{start: () => void, stop: () => void}} how.idle
 * @param {(key: string) => void} how.onPapers  asked for what the doctor wrote
 */
export function slipScreen({ idle, onPapers }) {
  let key = "";
  /** one key for one press, however often it is sent */
  let press = "";
  let isBusy = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let looking;
  const dialog = /** @type {HTMLDialogElement} */ (find("#give-up"));
  const eye = camera(find("#scan-picture"), (code) => scanned(code));

  /** @param {string} code */
  const scanned = (code) => {
    const link = slipKey(code);
    if (isBusy || dialog.open) return;
    if (link) void open(link);
    else notice(text("slip_unknown"), "counter");
  };

  /** @param {string} link */
  const open = async (link) => {
    const answer = await ask("/kiosk/slip", link);
    if (!answer || !SCREENS.includes(shown())) return;
    wipe();
    key = link;
    speak(answer.language);
    draw(answer);
    show("slip");
    idle.start();
  };

  /** @param {"arrive" | "return" | "give-up"} deed */
  const act = async (deed) => {
    const sentFor = key;
    const answer = await ask(`/kiosk/slip/${deed}`, key);
    if (answer && sentFor === key) {
      press = newKey();
      draw(answer);
      find("#slip-title").focus({ preventScroll: true });
    } else if (sentFor === key) void look();
  };

  /** The number as it stands now; nothing is said where the server does not answer. */
  const look = async () => {
    if (isBusy || !key || shown() !== "slip") return;
    const sentFor = key;
    const answer = await post("/kiosk/slip", { key }, { attempts: 1 }).catch(() => null);
    if (answer && sentFor === key) draw(answer);
  };

  /**
   * @param {string} path
   * @param {string} link
   * @returns {Promise<Slip | null>}  null after the reason was told
   */
  const ask = async (path, link) => {
    if (isBusy) return null;
    isBusy = true;
    mark();
    try {
      return await post(path, { key: link }, { key: press });
    } catch (error) {
      notice(text(REFUSED[error instanceof PostError ? error.code : ""] ?? "failed"), "counter");
      return null;
    } finally {
      isBusy = false;
      mark();
    }
  };

  const mark = () => {
    for (const button of document.querySelectorAll("[data-slip-act]")) setAttribute(button, "aria-busy", isBusy ? "true" : null);
  };

  const wipe = () => {
    key = "";
    press = newKey();
    dialog.close();
    eye.stop();
    for (const place of ["#slip-number", "#slip-department", "#slip-says", "#slip-more", "#slip-wait"]) setText(find(place), "");
  };

  listenForScans(scanned, () => SCREENS.includes(shown()));
  for (const button of document.querySelectorAll("[data-slip-act]")) {
    const deed = /** @type {HTMLElement} */ (button).dataset.slipAct ?? "";
    button.addEventListener("click", () => {
      if (deed === "give-up") askWith(dialog);
      else if (deed === "papers") onPapers(key);
      else void act(/** @type {"return"} */ (deed));
    });
  }
  find("#give-up-no").addEventListener("click", () => dialog.close());
  find("#give-up-yes").addEventListener("click", () => {
    dialog.close();
    void act("give-up");
  });
  find("#have-slip").addEventListener("click", () => {
    show("scan");
    idle.start();
    void eye.start().then((hasCamera) => setText(find("#scan-words"), text(hasCamera ? "scan_camera" : "scan_scanner")));
  });

  return {
    wipe,
    /** Something has changed in some queue. */
    hear() {
      if (key === "" || looking !== undefined) return;
      looking = setTimeout(() => {
        looking = undefined;
        void look();
      }, AGAIN_MS);
    },
  };
}

/** @param {Slip} slip */
function draw(slip) {
  const screen = find("#slip-card");
  setAttribute(screen, "data-colour", slip.colour);
  setAttribute(screen, "data-state", slip.state);
  showSign(find("#slip-plate"), slip);
  setText(find("#slip-department"), nameOf({ code: slip.department, names: slip.department_names }));
  setText(find("#slip-number"), slip.number);
  screen.style.setProperty("--letters", String(slip.number.length));
  const [says, more] = sentences(slip);
  setText(find("#slip-says"), says);
  setText(find("#slip-more"), more);
  setText(find("#slip-wait"), slip.state === "waiting" ? waitRange(slip.wait) : "");
  setAttribute(find("#slip-wait-fact"), "hidden", slip.state !== "waiting" || !slip.wait);
  offer("arrive", Boolean(slip.arrive));
  offer("return", slip.can_return);
  offer("give-up", slip.can_give_up);
  offer("papers", slip.has_papers);
}

/**
 * @param {string} deed
 * @param {boolean} isOffered
 */
function offer(deed, isOffered) {
  setAttribute(find(`[data-slip-act="${deed}"]`), "hidden", !isOffered);
}

/**
 * Where the number stands, and what that means for whoever holds it.
 *
 * @param {Slip} slip
 * @returns {[string, string]}
 */
function sentences(slip) {
  if (slip.arrive?.late) return [text("turn_passed"), text("slip_return")];
  if (slip.state === "waiting" && slip.arrive) return [slip.ahead ? aboutPeople("ahead", slip.ahead) : firstWords(slip.away), text("slip_arrive")];
  if (slip.state === "waiting") return [slip.ahead ? aboutPeople("ahead", slip.ahead) : firstWords(slip.away), awayWords(slip.away) || text("sit")];
  if (slip.state === "called") return [goWords(slip.room, slip.room_names), ""];
  if (slip.state === "serving") return [text("slip_serving"), roomWords(slip.room, slip.room_names)];
  if (slip.state === "missed") return [text("slip_missed"), text(slip.can_return ? "slip_return" : "slip_no_return")];
  if (slip.state === "cancelled") return [text("slip_cancelled"), text("slip_mistake")];
  if (slip.state === "held") return [text("slip_held"), text("slip_held_why")];
  return [text(slip.state === "attended" ? "slip_attended" : "slip_expired"), ""];
}

/** @type {Record<string, string>} */
const REFUSED = {
  old_slip: "slip_old",
  unknown_token: "slip_unknown",
  bad_input: "slip_unknown",
  illegal_transition: "slip_changed",
  conflict: "slip_changed",
  too_many_requests: "slip_later",
};
