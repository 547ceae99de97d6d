/** The display speaks all of the board's languages at once, so its words come in each of them. */
import { isolated } from "../shared/bidi.js";
import { el } from "../shared/dom.js";
import { fill, pageData, textIn } from "../shared/texts.js";

/**
 * @param {string} language
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function word(language, key, values = {}) {
  const words = pageData().words;
  return isolated(fill(words[language]?.[key] ?? words.en?.[key] ?? key, values));
}

/**
 * The department's name in this language, or what stands in for it.
 *
 * @param {{code: string, names: Record<string, string>}} department
 * @param {string} language
 * @returns {string}
 */
export function nameOf(department, language) {
  return textIn(department.names, language) || department.code;
}

/**
 * The languages of the board that the page has words for.
 *
 * @param {readonly string[]} languages
 * @returns {string[]}
 */
export function spoken(languages) {
  const known = languages.filter((language) => language in pageData().words);
  return known.length > 0 ? known : ["en"];
}

/** So many languages stand side by side; of more, a few at a time. */
const MOST_AT_ONCE = 4;

/**
 * Those of a display's languages that stand side by side in this turn, in groups of about one size.
 *
 * @param {readonly string[]} languages
 * @param {number} turn  each language has one, the first that of 0
 * @returns {string[]}
 */
export function atOnce(languages, turn) {
  const size = Math.ceil(languages.length / Math.ceil(languages.length / MOST_AT_ONCE));
  const place = turn % languages.length;
  const first = place - (place % size);
  return languages.slice(first, first + size);
}

/**
 * The same text in each language, side by side; where two languages say the same, it is shown once.
 *
 * @param {readonly string[]} languages
 * @param {(language: string) => string} text
 * @returns {HTMLSpanElement[]}
 */
export function inEach(languages, text) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const language of languages) if (!texts.has(text(language))) texts.set(text(language), language);
  return [...texts].map(([content, language]) => el("span", { lang: language }, content));
}

/**
 * Fill an element with the same text in each language, only when something has changed.
 *
 * @param {Element} element
 * @param {readonly string[]} languages
 * @param {(language: string) => string} text
 */
export function showInEach(element, languages, text) {
  const spans = inEach(languages, text);
  const differs = spans.length !== element.children.length || spans.some((span, at) => !span.isEqualNode(element.children[at] ?? null));
  if (differs) element.replaceChildren(...spans);
}
