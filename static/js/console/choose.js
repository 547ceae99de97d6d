/** The choice of a room: kept up to date while it is looked at, and the way back to one's own room is one key. */
import { find, setAttribute } from "../shared/dom.js";

const REFRESH_MS = 5000;

const rooms = find("#rooms");
const mine = rooms.dataset.mine || localStorage.getItem("console-room") || "";

markLast();
card(mine)?.focus();
setInterval(refresh, REFRESH_MS);

/**
 * @param {string} code
 * @returns {HTMLElement | null}
 */
function card(code) {
  return rooms.querySelector(`[data-room="${CSS.escape(code)}"]`);
}

function markLast() {
  const last = localStorage.getItem("console-room") ?? "";
  for (const link of rooms.querySelectorAll("[data-room]")) {
    const isLast = /** @type {HTMLElement} */ (link).dataset.room === last && last !== rooms.dataset.mine;
    setAttribute(find(".room-card-last", link), "hidden", !isLast);
  }
}

async function refresh() {
  if (document.visibilityState === "hidden") return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (response.ok && !response.redirected) take(await response.text());
  } catch {
    // The server is away: what is shown stays, and the next turn asks again.
  }
}

/** @param {string} page */
function take(page) {
  const fresh = new DOMParser().parseFromString(page, "text/html");
  for (const link of fresh.querySelectorAll("#rooms [data-room]")) {
    const shown = card(/** @type {HTMLElement} */ (link).dataset.room ?? "");
    if (!shown) continue;
    setAttribute(shown, "data-is-mine", link.hasAttribute("data-is-mine"));
    shown.replaceChildren(...link.childNodes);
  }
  markLast();
}
