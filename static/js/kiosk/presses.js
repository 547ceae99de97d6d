/**
 * One press of a department, from the finger to the answer.
 *
 * A press has one idempotency key for its whole life, so that it makes one token however often it is sent. It lies in
 * the browser's storage until it is answered: a kiosk that loses power in between asks again with the same key.
 *
 * A press that nobody waits for any more is given up: it is moved to a list, and as soon as the server can be reached
 * the server is told, which withdraws the token unless its slip may be in somebody's hand. Nobody is called in vain,
 * and nobody's slip becomes worthless. Nothing personal is stored.
 */
import { newKey, post, PostError } from "../shared/post.js";

/** How long a patient is kept waiting for the server before the press is given up. */
export const PATIENCE_MS = 90_000;

/** The day is over by then, and with it every token of that day. */
const FORGET_AFTER_MS = 20 * 3_600_000;

const UNANSWERED = "kiosk-press";
const GIVEN_UP = "kiosk-given-up";

/**
 * @typedef {{department: string, language: string, priority: "normal" | "assisted"}} Order
 * @typedef {Order & {key: string, at: number}} Press  `at`: milliseconds since 1970 by the kiosk's own clock
 * @typedef {{id: number, number: string, department: string, state: string, ahead: number | null,
 *            wait: import("./departments.js").Wait | null, away: import("../shared/views.js").AwayView | null, status_url: string, qr: string, print_job: number | null, is_kept?: boolean}} Answer
 *     `is_kept`: the keeper on this machine gave out the number while the server was away
 */

/**
 * @param {Order} order
 * @returns {Press}  stored, and not sent yet
 */
export function begin(order) {
  const press = { ...order, key: newKey(), at: Date.now() };
  localStorage.setItem(UNANSWERED, JSON.stringify(press));
  return press;
}

/** @returns {Press | null}  the press that was not answered when the page ended, if somebody may still be waiting */
export function unanswered() {
  const press = read(UNANSWERED, null);
  if (press === null) return null;
  const age = Date.now() - press.at;
  if (age >= 0 && age < PATIENCE_MS) return press;
  giveUp(press);
  return null;
}

/**
 * Ask for the token until there is an answer.
 *
 * @param {Press} press
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 * @throws {PostError}  a refusal of the server: there is no token
 * @throws {unknown}    the signal's reason, when it was aborted
 */
export async function ask(press, signal) {
  const answer = await post("/kiosk/tokens", orderOf(press), { key: press.key, attempts: Infinity, signal });
  localStorage.removeItem(UNANSWERED);
  return answer;
}

/**
 * The press failed. A refusal means that there is no token; anything else means that there may be one.
 *
 * @param {Press} press
 * @param {unknown} error
 */
export function fail(press, error) {
  if (isRefusal(error)) localStorage.removeItem(UNANSWERED);
  else giveUp(press);
}

/**
 * Nobody waits for this press any more.
 *
 * @param {Press} press
 */
export function giveUp(press) {
  localStorage.setItem(GIVEN_UP, JSON.stringify([...givenUp(), press]));
  localStorage.removeItem(UNANSWERED);
}

let isTelling = false;

/** Tell the server of the presses that were given up; what it does not answer is told again the next time. */
export async function tellGivenUp() {
  if (isTelling) return;
  isTelling = true;
  try {
    for (const press of givenUp()) await tell(press);
  } finally {
    isTelling = false;
  }
}

/** @param {Press} press */
async function tell(press) {
  try {
    await post("/kiosk/tokens/abandoned", orderOf(press), { key: press.key, attempts: 1 });
  } catch (error) {
    if (!isRefusal(error)) return;
  }
  localStorage.setItem(GIVEN_UP, JSON.stringify(givenUp().filter((other) => other.key !== press.key)));
}

/** @returns {Press[]} */
function givenUp() {
  /** @type {Press[]} */
  const presses = read(GIVEN_UP, []);
  return presses.filter((press) => Math.abs(Date.now() - press.at) < FORGET_AFTER_MS);
}

/**
 * @param {unknown} error
 * @returns {boolean}
 */
function isRefusal(error) {
  return error instanceof PostError && error.status >= 400 && error.status < 500;
}

/**
 * @param {Press} press
 * @returns {Order}
 */
function orderOf({ department, language, priority }) {
  return { department, language, priority };
}

/**
 * @param {string} name
 * @param {any} otherwise
 * @returns {any}
 */
function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}
