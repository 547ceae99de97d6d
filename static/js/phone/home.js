/** The front page keeps its list of departments fresh in place: nothing jumps, and no focus is lost. */

const FRESHENED_EVERY_MS = 60_000;

async function freshen() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const newer = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".departments");
    const list = document.querySelector(".departments");
    if (newer && list && newer.innerHTML !== list.innerHTML) list.replaceChildren(...newer.children);
  } catch {
    // The next turn tries again.
  }
}

setInterval(() => void freshen(), FRESHENED_EVERY_MS);
