/**
 * What a sentence is spoken of: pieces that each have one clip, whatever numbers stand between them. The same as
 * display/announcing/pieces.py, which says what clips there are.
 */

/** Stands where a sentence ends and another one begins. */
export const PAUSE = ".";

const UNSAID = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const EDGES = "[\\s.,:;!?…()«»“”\"'/&+·•–—\\-\u0964\u0965\u060c\u061b\u061f\u06d4]+";
const AT_EDGES = new RegExp(`^${EDGES}|${EDGES}$`, "gu");
const RUNS = /\p{Nd}+|\P{Nd}+/gu;
const ENDS = /[.!?:;…]+\s+|[\u0964\u0965\u06d4\u061f]+\s*|\s+[·•–—]\s+/u;
const FIGURES = /^\p{Nd}+$/u;

/**
 * @param {string} text
 * @returns {string}  the text as its clip is looked up; empty when nothing of it is said
 */
export function key(text) {
  return text.normalize("NFC").replace(UNSAID, "").split(/\s+/u).filter(Boolean).join(" ").replace(AT_EDGES, "");
}

/**
 * @param {string} text
 * @returns {string[]}  the keys of what it is spoken of, in their order, with a `PAUSE` where a sentence ends
 */
export function pieces(text) {
  /** @type {string[]} */
  const found = [];
  for (const part of text.replace(UNSAID, "").split(ENDS)) {
    const said = (part.match(RUNS) ?? []).flatMap((run) => (FIGURES.test(run) ? figures(run) : [key(run)].filter(Boolean)));
    found.push(...(found.length > 0 && said.length > 0 ? [PAUSE] : []), ...said);
  }
  return found;
}

/**
 * A number as people say it: whole below a hundred, else digit by digit, as with a zero before it.
 *
 * @param {string} digits
 * @returns {string[]}
 */
export function figures(digits) {
  const plain = inLatin(digits);
  return plain.length === 1 || (plain.length === 2 && !plain.startsWith("0")) ? [plain] : [...plain];
}

/**
 * @param {string} text
 * @returns {string}  the text with 0 to 9 for the digits of any script
 */
export function inLatin(text) {
  return text.replace(/\p{Nd}/gu, (digit) => String(valueOf(digit)));
}

/**
 * Each script's digits stand together, from nought to nine.
 *
 * @param {string} digit
 * @returns {number}
 */
function valueOf(digit) {
  let value = 0;
  for (let point = (digit.codePointAt(0) ?? 0) - 1; value < 9 && FIGURES.test(String.fromCodePoint(point)); point -= 1) value += 1;
  return value;
}
