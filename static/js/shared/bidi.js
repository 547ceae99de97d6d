/**
 * Numbers in texts that are written from right to left; the same rule as kiosk/bidi.py, which says why.
 */

const DIGIT = "[\\d½¼¾⅓⅔⅛]";
const BETWEEN = "(?:[ \\u00a0\\u202f]?[-‐‑–—−+×/][ \\u00a0\\u202f]?|[.,:]|[ \\u00a0\\u202f])";
const UNIT = `(?:[ \\u00a0\\u202f]?[A-Za-zµ°%]+(?:/${DIGIT}*[ \\u00a0\\u202f]?[A-Za-zµ]+)?)?`;
const RUN = new RegExp(`(?<![\\dA-Za-z])\\+?(?:\\(\\+?\\d+\\) ?)?${DIGIT}+(?:${BETWEEN}${DIGIT}+)*${UNIT}`, "g");
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/**
 * The text with every run of digits isolated, if it has letters that are written from right to left.
 *
 * @param {string} text
 * @returns {string}
 */
export function isolated(text) {
  if (!RIGHT_TO_LEFT.test(text)) return text;
  return text.replace(RUN, (run) => (/^\d+$/.test(run) ? run : `\u2066${run}\u2069`));
}
