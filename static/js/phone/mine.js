/** A patient's own queue: keeps the headline and the wait of each of today's live numbers in step with the server. */
import { awayWords, firstWords, waitRange } from "../shared/format.js";
import { connect } from "../shared/live.js";
import { find, setText } from "../shared/nodes.js";
import { goWords } from "../shared/rooms.js";
import { pageData, text } from "../shared/texts.js";
import { onPhone } from "./phone.js";

/** @typedef {import("./follow.js").TokenView} TokenView */

const OVER = ["attended", "cancelled", "expired"];
const CANCELLABLE = ["waiting", "called", "held", "missed"];

const heads = pageData().texts.heads;

/** @param {TokenView} view */
function headline(view) {
  const people = view.ahead ?? 0;
  if (view.state === "called") return goWords(view.room, view.room_names);
  if (view.arrive?.late) return heads.late;
  if (view.state !== "waiting") return heads[view.state];
  return view.ahead === 0 ? firstWords(view.away) : text("ahead", { count: people, people });
}

/** @param {HTMLElement} ticket */
function follow(ticket) {
  const wasCancellable = CANCELLABLE.includes(ticket.dataset.kind === "next" ? "waiting" : (ticket.dataset.kind ?? ""));
  connect(`/ws/token/${ticket.dataset.key}`, {
    ...onPhone,
    /** @param {TokenView} view */
    onView(view) {
      // The page's other parts change too: the department's tile, the way to cancel, the department's name.
      const isOther = OVER.includes(view.state) || view.department !== ticket.dataset.department;
      if (isOther || CANCELLABLE.includes(view.state) !== wasCancellable) {
        location.reload();
        return;
      }
      ticket.dataset.kind = view.state === "waiting" && view.ahead === 0 ? "next" : view.state;
      setText(find("[data-headline]", ticket), headline(view));
      setText(find("[data-wait]", ticket), waitRange(view.wait));
      find("[data-wait-line]", ticket).hidden = !view.wait;
      setText(find("[data-away]", ticket), awayWords(view.away));
      find("[data-away]", ticket).hidden = !view.away;
      find("[data-arrive]", ticket).hidden = !view.arrive;
      find("[data-late]", ticket).hidden = !view.wait?.late;
    },
    onError(error) {
      // The day is over: the server's page says so.
      if (error.isFinal) location.reload();
    },
  });
}

for (const ticket of document.querySelectorAll("[data-key]")) {
  if (ticket instanceof HTMLElement) follow(ticket);
}
