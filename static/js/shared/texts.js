/**
 * What the page was given: the JSON of `<script type="application/json" id="page-data">`, and the texts in it.
 *
 * On pages that are written from right to left, runs of digits in them are isolated (see bidi.js).
 * Texts come translated from the server. A text is a sentence with `%(name)s` places, or, where a count decides,
 * an object of sentences by plural category: `{"one": "%(count)s person", "other": "%(count)s people"}`.
 */

import { isolated } from "./bidi.js";

/** @type {Record<string, any> | null} */
let cached = null;

/** @returns {Record<string, any>} the page's data; empty when the page has none */
export function pageData() {
  if (cached === null) {
    const source = document.getElementById("page-data")?.textContent;
    cached = source ? JSON.parse(source) : {};
  }
  return /** @type {Record<string, any>} */ (cached);
}

/** @returns {string} the page's language, such as "hi" */
export function language() {
  return document.documentElement.lang || "en";
}

/**
 * What the clinic has written in several languages: in this one, else in English, else in the first there is; the same
 * rule as `text_in` of queue_server/domain/clinic/names.py, which says why.
 *
 * @param {Record<string, string> | undefined} texts  by language
 * @param {string} [code]  the language, the page's own unless said
 * @returns {string}  empty where there is none
 */
export function textIn(texts = {}, code = language()) {
  const first = Object.keys(texts).sort().find((known) => texts[known]);
  return texts[code] || texts.en || (first && texts[first]) || "";
}

/**
 * A text of the page in its language, its places filled.
 *
 * @param {string} key  name of the text under `texts` in the page's data; unknown names come back as they are, so that a
 *                      missing text shows instead of breaking the screen
 * @param {Record<string, string | number>} [values]  `count` chooses the plural
 * @returns {string}
 */
export function text(key, values = {}) {
  const entry = pageData().texts?.[key] ?? key;
  return isolated(fill(typeof entry === "string" ? entry : choose(entry, Number(values.count)), values));
}

/**
 * @param {Record<string, string>} forms
 * @param {number} count
 * @returns {string}
 */
function choose(forms, count) {
  return forms[new Intl.PluralRules(language()).select(count)] ?? forms.other ?? "";
}

/**
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s|%%/g, (place, name) => {
    if (place === "%%") return "%";
    return name in values ? String(values[name]) : place;
  });
}
