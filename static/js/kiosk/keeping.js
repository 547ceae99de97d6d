/** Keeping the number in the account of a patient's phone: by phone number and PIN, or by the code that a phone shows. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { post, PostError } from "../shared/post.js";
import { text } from "../shared/texts.js";
import { show, shown } from "./screens.js";
import { notice } from "./words.js";

const CODE_LETTERS = 8;
const LONGEST = { phone: 16, pin: 6 };
/** A scanner types faster than anybody; what was typed longer ago belongs to something else. */
const SCAN_MS = 1500;

/** @typedef {{key: string, code?: string, phone?: string, pin?: string, patient?: number}} Proof */

/** The screen with the number pad, and the scanner's ear. */
export function keeping() {
  const typed = { phone: "", pin: "" };
  /** @type {"phone" | "pin"} */
  let asked = "phone";
  let key = "";
  let isBusy = false;
  let scanned = "";
  let scannedAt = 0;

  const draw = () => {
    if (!find("#people").hidden) return;
    setText(find("#keep-label"), text(asked === "phone" ? "keep_phone" : "keep_pin"));
    setText(find("#keep-typed"), asked === "phone" ? typed.phone : "•".repeat(typed.pin.length));
    const isEnough = asked === "phone" ? typed.phone.length >= 6 : typed.pin.length === LONGEST.pin;
    setAttribute(find("#keep-next"), "disabled", !isEnough || isBusy);
    setAttribute(find('[data-key="+"]'), "disabled", asked === "pin");
  };

  /** @param {"phone" | "pin"} field */
  const ask = (field) => {
    asked = field;
    typed[field] = "";
    setAttribute(find("#keys"), "hidden", false);
    setAttribute(find("#keep-next"), "hidden", false);
    setAttribute(find("#people"), "hidden", true);
    draw();
  };

  /** @param {string} key */
  const type = (key) => {
    setText(find("#keep-wrong"), "");
    if (key === "delete") typed[asked] = typed[asked].slice(0, -1);
    else if (typed[asked].length < LONGEST[asked]) typed[asked] += key;
    draw();
  };

  /** @param {{id: number, name: string}[]} people */
  const askWho = (people) => {
    setText(find("#keep-label"), text("keep_who"));
    setText(find("#keep-typed"), "");
    setAttribute(find("#keys"), "hidden", true);
    setAttribute(find("#keep-next"), "hidden", true);
    setAttribute(find("#people"), "hidden", false);
    find("#people").replaceChildren(...people.map(personButton));
  };

  /** @param {{id: number, name: string}} person */
  const personButton = (person) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-large";
    button.textContent = person.name;
    button.addEventListener("click", () => void send({ key, ...typed, patient: person.id }));
    item.append(button);
    return item;
  };

  /** @param {Proof} proof */
  const send = async (proof) => {
    if (isBusy) return;
    isBusy = true;
    draw();
    const sentFor = key;
    try {
      await post("/kiosk/patient", proof);
      if (sentFor === key) kept();
    } catch (error) {
      if (sentFor === key) refused(error, proof);
    } finally {
      isBusy = false;
      draw();
    }
  };

  const kept = () => {
    forget();
    setAttribute(find("#keep"), "hidden", true);
    setAttribute(find("#kept"), "hidden", false);
    if (shown() === "keep") show("token");
  };

  /**
   * @param {unknown} error
   * @param {Proof} proof
   */
  const refused = (error, proof) => {
    const code = error instanceof PostError ? error.code : "";
    if (error instanceof PostError && code === "which_patient") return askWho(error.details.patients);
    const words = wordsOf(code, proof);
    if (shown() !== "keep") return notice(words, "counter");
    setText(find("#keep-wrong"), words);
    ask(code === "bad_input" ? "phone" : asked);
  };

  const forget = () => {
    typed.phone = "";
    typed.pin = "";
    scanned = "";
    setText(find("#keep-wrong"), "");
    find("#people").replaceChildren();
    ask("phone");
  };

  /** @param {KeyboardEvent} event */
  const hear = (event) => {
    if (!key || !["token", "keep"].includes(shown())) return;
    if (performance.now() - scannedAt > SCAN_MS) scanned = "";
    if (event.key === "Enter" && scanned.length === CODE_LETTERS) {
      event.preventDefault();
      void send({ key, code: scanned });
      scanned = "";
    } else if (/^[A-Za-z0-9]$/.test(event.key)) {
      if (scanned === "") scannedAt = performance.now();
      scanned += event.key;
    }
  };

  const next = () => {
    if (asked === "phone") ask("pin");
    else void send({ key, ...typed });
  };

  document.addEventListener("keydown", hear, { capture: true });
  for (const button of document.querySelectorAll("[data-key]")) {
    button.addEventListener("click", () => type(/** @type {HTMLElement} */ (button).dataset.key ?? ""));
  }
  find("#keep-next").addEventListener("click", next);
  find("#keep").addEventListener("click", () => {
    forget();
    show("keep");
  });
  find("#keep-back").addEventListener("click", () => {
    forget();
    show("token");
  });

  return {
    /** @param {import("./presses.js").Answer} answer  the number that may be kept */
    offer(answer) {
      key = answer.status_url.split("/").pop() ?? "";
      setAttribute(find("#keep"), "hidden", false);
      setAttribute(find("#kept"), "hidden", true);
    },
    /** Nothing is left of whoever was here. */
    wipe() {
      key = "";
      forget();
      setAttribute(find("#keep"), "hidden", true);
      setAttribute(find("#kept"), "hidden", true);
    },
  };
}

/**
 * @param {string} code  of the refusal, empty where there was no answer
 * @param {Proof} proof
 * @returns {string}
 */
function wordsOf(code, proof) {
  if (code === "login_required") return text(proof.code ? "keep_code_wrong" : "keep_wrong");
  if (code === "bad_input") return text("keep_not_a_phone");
  if (code === "conflict") return text("keep_taken");
  if (code === "too_many_tries" || code === "too_many_requests") return text("keep_later");
  return text("failed");
}
