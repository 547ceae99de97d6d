/** The kiosk: language, department, number. */
import { find, setAttribute, setText } from "../shared/dom.js";
import { onFault } from "../shared/fault.js";
import { fitting } from "../shared/fit.js";
import { clock } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { text } from "../shared/texts.js";
import { onVoices, prepare, useVoices } from "../shared/voice.js";
import { showAbha } from "../shared/abha.js";
import { departmentsScreen, nameOf } from "./departments.js";
import { harden } from "./glass.js";
import { openEars, showEars } from "./ears.js";
import { watchIdle } from "./idle.js";
import { keeping } from "./keeping.js";
import { offerListening, stopListening } from "./listening.js";
import { keepWithin, offerLook, strengthen } from "./look.js";
import { papersScreen } from "./papers.js";
import { tellGivenUp, unanswered } from "./presses.js";
import { hush } from "./saying.js";
import { show, shown } from "./screens.js";
import { slipScreen } from "./slips.js";
import { taking } from "./taking.js";
import { tokenScreen } from "./token.js";
import { keepUp } from "./upkeep.js";
import { languages, notice, speak } from "./words.js";

const TELL_EVERY_MS = 15_000;
/** Kiosks are few, and somebody stands before them and waits for a slip. */
const FETCH_EVERY_MS = 5000;
const NO_SLIPS = new Set(["out", "cover", "offline", "none"]);
const dialog = /** @type {HTMLDialogElement} */ (find("#notice"));

/** @type {import("./departments.js").Department[]} */
let departments = [];
/** The server is there, but nothing can be saved. */
let hasFault = false;

const idle = watchIdle(goHome);
/** Nine languages need the room of three. */
const fitAway = fitting(find("#away"), ".away", ".away-icon, .away-all, .away > .spinner");
const choice = departmentsScreen((department, priority) => {
  idle.stop();
  hush();
  press.take(department, priority);
});
/** Answers that say that the department gives out no numbers now. */
const CLOSED = new Set(["department_closed", "outside_hours", "quota_reached"]);

const token = tokenScreen(goHome);
const keep = keeping();
const papers = papersScreen(idle, goHome);
const slips = slipScreen({ idle, onPapers: (key) => papers.open(key) });
const press = taking({
  onToken(answer, asked) {
    token.show(answer, asked.priority === "assisted");
    if (!answer.is_kept) keep.offer(answer);
    show("token");
  },
  onRefused(code, asked) {
    const department = departments.find((known) => known.code === asked.department);
    goToDepartments();
    if (CLOSED.has(code) && department) notice(text("just_closed", { department: nameOf(department) }), "later");
    else notice(text("failed"), "counter");
  },
  onGivenUp() {
    void tellGivenUp();
    goHome();
  },
});
const line = connect("/ws/kiosk", {
  onView(data) {
    departments = data.departments;
    // What a keeper has kept since before it was updated tells neither.
    if (data.reach !== undefined) keepWithin(data.reach);
    if (data.voices) useVoices(data.voices);
    void prepare(languages().map(({ code }) => code));
    showAbha(data.abha_code);
    choice.show(departments);
    token.hear(data);
    papers.hear(data);
    slips.hear();
    setAttribute(find("#no-slips"), "hidden", !NO_SLIPS.has(data.printer));
    showAway();
  },
  fetchEvery: FETCH_EVERY_MS,
  onStale: () => showSource(),
  onFetching: showSource,
  onFresh: () => showSource(),
  onError: (error) => error.isFinal && upkeep.refused(),
});
const upkeep = keepUp({
  isQuiet: () => shown() === "home",
  isStale: () => line.isStale(),
  serverNow: () => line.serverNow(),
});

/** The first screen, with nothing left of whoever was here before. */
function goHome() {
  strengthen(false);
  stopListening();
  goBack();
}

/** The first screen, for the same person. */
function goBack() {
  idle.stop();
  hush();
  dialog.close();
  token.wipe();
  keep.wipe();
  papers.wipe();
  slips.wipe();
  speak(languages()[0]?.code ?? "en");
  choice.wipe();
  show("home");
  showAway();
}

function goToDepartments() {
  choice.draw();
  showEars();
  show("departments");
  idle.start();
  showAway();
}

/** A number that was given stays in sight, and so does the waiting for one; everything else gives way to the notice. */
function showAway() {
  const isAway = (line.isStale() || hasFault) && ["home", "departments"].includes(shown());
  for (const words of document.querySelectorAll("[data-away]")) {
    setAttribute(words, "hidden", words.getAttribute("data-away") !== (line.isStale() ? "line" : "fault"));
  }
  setAttribute(find("#away"), "hidden", !isAway);
  fitAway();
  find("#screens").inert = isAway;
  if (isAway && shown() === "departments") goHome();
}

/** @param {number} [seconds]  how often the view is fetched, where no line brings it */
function showSource(seconds) {
  setAttribute(find("#fetching"), "hidden", seconds === undefined);
  if (seconds) setText(find("#fetching"), text("fetching", { seconds }));
  showAway();
  if (!line.isStale()) void tellGivenUp();
}

function showClock() {
  setText(find("#clock"), clock(line.serverNow()));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speak(/** @type {HTMLElement} */ (button).dataset.language ?? "");
    goToDepartments();
  });
}
for (const button of document.querySelectorAll("[data-home]")) {
  button.addEventListener("click", button.classList.contains("bar-back") ? goBack : goHome);
}
find("#notice-ok").addEventListener("click", () => dialog.close());
// On the first screen nobody need be there: what one person was told does not stay for the next.
new MutationObserver(() => {
  if (shown() !== "home") return;
  if (dialog.open) idle.start();
  else idle.stop();
}).observe(dialog, { attributeFilter: ["open"] });

onFault((code) => {
  hasFault = code !== null;
  showAway();
});
harden();
openEars();
onVoices(choice.draw);
offerLook(choice.draw);
offerListening();
showClock();
setInterval(showClock, 1000);
setInterval(() => !line.isStale() && void tellGivenUp(), TELL_EVERY_MS);

const before = unanswered();
if (before) {
  speak(before.language);
  void press.resume(before, undefined);
} else goHome();
