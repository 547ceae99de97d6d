/** Alerts on this phone even while no page is open: web push, asked for by a touch. */
import { find, setText } from "../shared/nodes.js";
import { post } from "../shared/post.js";
import { pageData, text } from "../shared/texts.js";

const WORKER = "/push-worker.js";

const button = /** @type {HTMLButtonElement} */ (find("#push"));
const note = find("#push-no");
const page = pageData();

/** @param {PushSubscription | null} subscription */
function show(subscription) {
  button.setAttribute("aria-pressed", String(subscription !== null));
  setText(button.querySelector("span"), text(subscription ? "told" : "tell"));
}

/** @param {string} words */
function explain(words) {
  setText(note, words);
  note.hidden = words === "";
}

/**
 * @param {PushSubscription} subscription
 * @param {boolean} isWanted
 */
function tell(subscription, isWanted) {
  return post(page.push, { subscription: JSON.stringify(subscription), is_wanted: isWanted });
}

/** @param {ServiceWorkerRegistration} worker */
async function start(worker) {
  if ((await Notification.requestPermission()) !== "granted") return explain(text("blocked"));
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: page.key });
  await tell(subscription, true);
  show(subscription);
}

/** @param {PushSubscription | null} subscription */
async function stop(subscription) {
  // The browser stays subscribed: another number may want it.
  if (subscription) await tell(subscription, false);
  show(null);
}

async function begin() {
  const worker = await navigator.serviceWorker.register(WORKER);
  const kept = await worker.pushManager.getSubscription();
  // The same browser may have been subscribed for another number: this one wants to be told, too, only when asked.
  show(kept && localStorage.getItem(page.push) ? kept : null);
  button.hidden = false;
  button.addEventListener("click", async () => {
    explain("");
    button.disabled = true;
    try {
      const subscription = await worker.pushManager.getSubscription();
      const isOn = button.getAttribute("aria-pressed") === "true";
      if (isOn) await stop(subscription);
      else await start(worker);
      localStorage.setItem(page.push, isOn ? "" : "yes");
    } catch {
      explain(text("failed"));
    } finally {
      button.disabled = false;
    }
  });
}

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  begin().catch(() => explain(text("failed")));
}
