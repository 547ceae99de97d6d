/**
 * Numbers in texts that are written from right to left; the same rule as kiosk/bidi.py, which says why.
 */

const SPACE = "[ \\u00a0\\u202f]";
const NUMBER = `(?:\\(\\+?\\p{Nd}+\\)${SPACE}?)?[\\p{Nd}½¼¾⅐-⅞]+`;
const SIGN = "[\\-+−±]";
const BETWEEN = `(?:${SPACE}?[\\-‐‑–—−－﹣+×*~_/]{1,2}${SPACE}?${SIGN}?|[.,:]|${SPACE}|[A-Za-z]{1,3})`;
const BEHIND = `(?:(?:${SPACE}|[\\-/])?[A-Za-zµ°%]+(?:(?:${SPACE}|[\\-/])[A-Za-zµ°%]+)*)?`;
const BEFORE = `(?:[A-Za-z]+(?:[\\-/., ]{1,2}[A-Za-z]+){0,3}[\\-/.]?${SPACE}?|\\+|(?<![^\\s(])${SIGN})?`;
const RUN = new RegExp(`(?<![\\p{Nd}A-Za-z])${BEFORE}${NUMBER}(?:${BEHIND}${BETWEEN}${NUMBER})*${BEHIND}`, "gu");
const PLAIN = /^(?:[A-Za-z]+-?)?\p{Nd}+$/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/**
 * The text with every run of digits isolated, if it has letters that are written from right to left.
 *
 * @param {string} text
 * @returns {string}
 */
export function isolated(text) {
  if (!RIGHT_TO_LEFT.test(text)) return text;
  return text.replace(RUN, (run) => (PLAIN.test(run) ? run : `\u2066${run}\u2069`));
}
