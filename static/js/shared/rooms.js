/** Rooms in words, from the texts of `room_sentences`; the rule stands in queue_server/locale/rooms.py. */
import { text, textIn } from "./texts.js";

/**
 * @param {string | null} code
 * @param {Record<string, string>} [names]  by language
 * @returns {string}  "Pharmacy window", or "Room 3"
 */
export function roomWords(code, names) {
  return textIn(names) || text("room", { room: code ?? "" });
}

/**
 * @param {string | null} code
 * @param {Record<string, string>} [names]  by language
 * @returns {string}  "Please go to: Pharmacy window", or "Please go to room 3"
 */
export function goWords(code, names) {
  const name = textIn(names);
  return name ? text("go_named", { place: name }) : text("go", { room: code ?? "" });
}
