/** Who is on duty in the room, and the doctor's breaks. */
import { find, icon, setAttribute, setText } from "../shared/dom.js";
import { clock } from "../shared/format.js";
import { text } from "../shared/texts.js";
import { ask } from "./dialogs.js";
import { isMine, isTaken } from "./rules.js";
import { breakReason } from "./words.js";

/**
 * @typedef {import("./types.js").RoomView} RoomView
 * @typedef {import("./types.js").Me} Me
 */

const ICONS = { expected: "clock", on_duty: "check", on_break: "break", off_duty: "leave" };

/**
 * @param {RoomView} view
 * @param {Me} me
 * @param {Date} now
 */
export function showDuty(view, me, now) {
  const { duty } = view;
  const state = duty?.state ?? "off_duty";
  const badge = find("#duty");
  const words = [isTaken(view) && !isMine(view, me) ? duty?.doctor : "", dutyWords(view)].filter(Boolean).join(" · ");
  if (badge.dataset.duty !== state) badge.replaceChildren(icon(ICONS[state]), document.createElement("span"));
  setAttribute(badge, "data-duty", state);
  setText(badge.querySelector("span"), words);
  find("#take-break").hidden = !(isMine(view, me) && state === "on_duty");
  find("#go-off").hidden = !isMine(view, me);
  showBanner(view, me, now);
}

/**
 * @param {RoomView} view
 * @returns {string}
 */
function dutyWords({ duty }) {
  if (!duty) return text("off_duty");
  if (duty.state === "on_break" && duty.back_at) return text("back_at", { time: clock(duty.back_at) });
  if (duty.state === "expected" && duty.back_at) return text("expected_at", { time: clock(duty.back_at) });
  return text(duty.state);
}

/**
 * @param {RoomView} view
 * @param {Me} me
 * @param {Date} now
 */
function showBanner(view, me, now) {
  const sentence = bannerWords(view, me, now);
  const banner = find("#banner");
  banner.hidden = sentence === "";
  setAttribute(banner, "data-duty", view.duty?.state ?? "off_duty");
  setText(find("#banner-text"), sentence);
}

/**
 * @param {RoomView} view
 * @param {Me} me
 * @param {Date} now
 * @returns {string}
 */
function bannerWords(view, me, now) {
  const { duty } = view;
  if (!isTaken(view) || !duty) return text("free_room");
  const reason = duty.state === "on_break" ? breakReason(duty.reason) : "";
  if (!isMine(view, me)) {
    const sentence = text(duty.state === "on_break" ? "break_watching" : "taken_by", { doctor: duty.doctor });
    return [sentence, reason].filter(Boolean).join(" · ");
  }
  if (duty.state !== "on_break") return "";
  if (!duty.back_at) return [text("break_open"), reason].filter(Boolean).join(" · ");
  const isOver = Date.parse(duty.back_at) < now.getTime();
  return [text(isOver ? "break_over" : "break_until", { time: clock(duty.back_at) }), reason].filter(Boolean).join(" · ");
}

/**
 * Prepare the dialog in which a break is announced.
 *
 * @param {() => Date} now  the server's clock
 */
export function prepareBreak(now) {
  const back = input("#field-back");
  for (const button of document.querySelectorAll("[data-minutes]")) {
    const minutes = Number(/** @type {HTMLElement} */ (button).dataset.minutes);
    button.addEventListener("click", () => {
      back.value = clock(new Date(now().getTime() + minutes * 60_000));
    });
  }
  for (const radio of document.querySelectorAll("#break-dialog [name=reason]")) radio.addEventListener("change", showOther);
}

/**
 * Why, and until when; null when the doctor stays.
 *
 * @returns {Promise<{state: "on_break", reason: string | null, back_at: string | null} | null>}
 */
export async function askBreak() {
  input("#field-back").value = "";
  input("#field-other").value = "";
  showOther();
  if (!(await ask("break-dialog"))) return null;
  const chosen = input("#break-dialog [name=reason]:checked").value;
  const reason = chosen || input("#field-other").value.trim();
  return { state: "on_break", reason: reason || null, back_at: input("#field-back").value || null };
}

function showOther() {
  find("#other-reason").hidden = input("#break-dialog [name=reason]:checked").value !== "";
}

/**
 * @param {string} selector
 * @returns {HTMLInputElement}
 */
function input(selector) {
  return /** @type {HTMLInputElement} */ (find(selector));
}
