/** The patient's phone page: shows the panel of the present state, and rings when the number is called. */
import { awayWords, clock, firstWords, waitParts, waitRange } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { find, setText } from "../shared/nodes.js";
import { goWords, roomWords } from "../shared/rooms.js";
import { pageData, text, textIn } from "../shared/texts.js";
import { onPhone } from "./phone.js";

/** @typedef {import("../shared/phone-views.js").PhoneView} TokenView */

const OVER = ["attended", "cancelled", "expired"];
const WATCHING = ["waiting", "held", "missed", "transferred"];
const FEW = 3; // as in domain/alerts/alerts.py

/** A shake, which a browser allows after a touch; the sound is loaded when it is wanted. */
let ring = () => {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300, 150, 600]);
};

const ticket = find("#ticket");
const ringButton = find("#ring");
const updatesNote = find("#by-itself");
/** Asks whoever is not here yet to say so; the page has it only then. */
const arriving = document.querySelector("#arrive");
const page = pageData();

/** @param {TokenView} view */
function show(view) {
  // The frame carries no names and no words: another department or another language needs another page.
  if (view.department !== page.department || view.language !== page.language) location.reload();
  if (Boolean(view.arrive) !== (arriving !== null)) location.reload();
  const kind = view.arrive?.late ? "late" : view.state === "waiting" && view.ahead === 0 ? "next" : view.state;
  if (kind === "called" && view.calls > Number(ticket.dataset.calls)) ring();
  else if (isNews(kind, view)) ring();
  ticket.dataset.calls = String(view.calls);
  fill(view);
  for (const panel of ticket.querySelectorAll(".panel")) {
    if (panel instanceof HTMLElement) panel.hidden = panel.dataset.kind !== kind;
  }
  ticket.dataset.kind = kind;
  ringButton.hidden = !WATCHING.includes(view.state);
  find("[data-alerts]").hidden = OVER.includes(view.state);
  updatesNote.hidden = OVER.includes(view.state);
  find("#papers").hidden = !view.papers;
  document.title = title(kind, view);
}

/** What this page has rung for, each once. */
const rungFor = new Set();

/**
 * @param {string} kind
 * @param {TokenView} view
 */
function isNews(kind, view) {
  const news = kind === "waiting" && isSoon(view) ? "soon" : kind;
  const isFirst = !rungFor.has(news);
  rungFor.add(news);
  return isFirst && ["soon", "next", "missed"].includes(news);
}

/** @param {TokenView} view */
function isSoon({ ahead, wait }) {
  const wish = page.wish;
  if (wait && wish.ahead === null) return wait.minutes <= wish.minutes;
  return ahead !== null && ahead <= (wish.ahead ?? FEW);
}

/** @param {TokenView} view */
function fill(view) {
  const people = view.ahead ?? 0;
  setText(find("[data-ahead]"), text("ahead", { count: people, people }));
  setText(find("[data-first]"), firstWords(view.away));
  setText(find("[data-wait]"), waitRange(view.wait));
  setText(find("[data-why]"), waitParts(view.wait));
  find("[data-why]").hidden = !view.wait?.why;
  find("[data-wait-line]").hidden = !view.wait;
  find("[data-no-wait]").hidden = view.wait !== null;
  find("[data-late]").hidden = !view.wait?.late;
  for (const line of document.querySelectorAll("[data-away]")) {
    setText(line, awayWords(view.away));
    line.toggleAttribute("hidden", !view.away);
  }
  for (const line of document.querySelectorAll("[data-place]")) setText(line, text(`place_${view.place?.reason ?? "arrival"}`, { ...view.place }));
  setText(find("[data-go]"), goWords(view.room, view.room_names));
  const door = textIn(view.room_names);
  setText(find("[data-room]"), door || view.room || "");
  find(".door").toggleAttribute("data-named", Boolean(door));
  setText(find("[data-in]"), roomWords(view.room, view.room_names));
  if (arriving && view.arrive) showArriving(view.arrive);
  find("[data-can-return]").hidden = !view.can_return;
  find("[data-cannot-return]").hidden = view.can_return;
  find("[data-serving]").hidden = view.now_serving.length === 0 || !WATCHING.includes(view.state);
  const serving = find("[data-now-serving]");
  if (serving.innerText.trim() !== view.now_serving.join(" ")) serving.replaceChildren(...view.now_serving.map(numberOf));
}

/** @param {import("../shared/phone-views.js").ArriveView} arrive */
function showArriving({ until, late }) {
  arriving?.querySelector("[data-kept]")?.toggleAttribute("hidden", until !== null);
  const kept = find("[data-until]");
  kept.hidden = until === null || late;
  if (until) setText(kept, text("until", { time: clock(until) }));
}

/** @param {string} number */
function numberOf(number) {
  const element = document.createElement("span");
  element.className = "number";
  element.textContent = number;
  return element;
}

/**
 * @param {string} kind
 * @param {TokenView} view
 */
function title(kind, view) {
  const people = view.ahead ?? 0;
  if (kind === "called") return `${roomWords(view.room, view.room_names)} · ${view.number}`;
  if (kind === "next") return `${firstWords(view.away)} · ${view.number}`;
  if (kind === "waiting") return `${view.number} · ${text("ahead", { count: people, people })}`;
  return view.number;
}

ringButton.addEventListener("click", async () => {
  const sound = await import("./ring.js");
  sound.unlock();
  ring = sound.ring;
  ringButton.setAttribute("aria-pressed", "true");
  setText(ringButton.querySelector("span"), text("rings"));
});

connect(`/ws/token/${page.key}`, {
  ...onPhone,
  onView: show,
  onError(error) {
    // The day is over: the server's page says so.
    if (error.isFinal) location.reload();
  },
});
