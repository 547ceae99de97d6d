/** The strip of a live page: says since when it is not up to date, or how often it is, where it is not live. */
import { clock } from "./format.js";
import { find, setText } from "./nodes.js";
import { text } from "./texts.js";

/** @param {string} words  empty to say nothing */
function say(words) {
  const strip = find("#not-live");
  if (words) setText(find("[data-not-live]", strip), words);
  strip.hidden = words === "";
}

/** What `connect` is to be given so that the strip tells the truth; needs the texts of `ui.texts_live`. */
export const strip = {
  /** @param {Date} since */
  onStale: (since) => say(text("not_live", { time: clock(since) })),
  /** @param {number} seconds */
  onFetching: (seconds) => say(text("fetching", { seconds })),
  onFresh: () => say(""),
};
