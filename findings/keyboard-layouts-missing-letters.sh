#!/usr/bin/env bash
# The on-screen keyboards of a kiosk, on which a patient types a name in the language of the page.
#
# Guessed: a layout can type every letter that CLDR counts among the usual ones of its language, save for those of
# Sanskrit and old spellings.
# Seen (simple-keyboard-layouts 3.4.265, cldr-misc-full 48.2.0): the Kannada layout has no ಯ (ya), one of the
# commonest letters and the first of many names; ರ್, ಶ್ರ and ಜ್ಞ have keys. Both Urdu layouts have Arabic's ى or ي and
# no ی, the letter that Urdu, its keyboards and every other record write: Ali typed there is "على", which no search
# for "علی" finds. Sindhi has no ه and no آ, Assamese no ঈ. Hindi, Bengali, Telugu, Malayalam and Odia have what names
# need; there is none for Tamil, Gujarati or Marathi.
# So add the keys, and check a layout against the language's letters before it is put in a hall.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund simple-keyboard-layouts@3.4.265 cldr-misc-full@48.2.0 >/dev/null
npm ls
cat >letters.cjs <<'JAVASCRIPT'
const assert = require("assert");
const { readFileSync } = require("fs");
const LAYOUTS = {
  hindi: "hi", bengali: "bn", telugu: "te", kannada: "kn", malayalam: "ml", odia: "or", assamese: "as",
  urdu: "ur", urduStandard: "ur", sindhi: "sd",
};
const folder = "./node_modules/simple-keyboard-layouts/build/layouts";

function usual(language) {
  const { main } = JSON.parse(readFileSync(`node_modules/cldr-misc-full/main/${language}/characters.json`));
  const set = main[language].characters.exemplarCharacters;
  return [...new RegExp("[\\p{L}\\p{M}]", "gu")[Symbol.matchAll](set.main ?? set)].map(([letter]) => letter);
}

const missing = {};
for (const [name, language] of Object.entries(LAYOUTS)) {
  const { layout } = require(`${folder}/${name}.js`).default;
  const typed = Object.values(layout).flat().join(" ").replace(/\{\w+\}/g, "");
  const keys = typed.normalize("NFD");
  missing[name] = [...new Set(usual(language))].filter((letter) => !keys.includes(letter.normalize("NFD")));
  console.log(name, missing[name].join(" "));
}
assert(missing.kannada.includes("ಯ"));
assert(missing.urdu.includes("ی") && missing.urduStandard.includes("ی"));
assert(missing.sindhi.includes("ه") && missing.sindhi.includes("آ"));
assert.deepStrictEqual(missing.assamese, ["ঈ"]);
assert.deepStrictEqual([...missing.malayalam, ...missing.odia], []);
for (const name of ["tamil", "gujarati", "marathi"]) assert.throws(() => require(`${folder}/${name}.js`));
JAVASCRIPT
node letters.cjs
