#!/usr/bin/env bash
# A name in an Indian script on a receipt made by receiptline, as a picture and as bytes for the printer.
#
# Guessed: the printer's own letters cannot do it, so the text is refused there; the picture (SVG) is the way out,
# since the browser that draws it joins the letters.
# Seen (receiptline 4.0.4): the SVG places every code point by itself, each in an element with an `x` of its own. A
# vowel sign or a virama so stands alone, on a dotted ring, one cell beside its consonant, and no conjunct is formed:
# श्री is four pieces. Letters of Urdu are placed from left to right, the first one leftmost, so that the name reads
# backwards. For the printer each code point is a "?", and so is ₹; nothing is raised.
# So a receipt with Indian names needs a picture that was shaped elsewhere (its `{image:…}`), not its text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund receiptline@4.0.4 >/dev/null
node - <<'JAVASCRIPT'
const assert = require("assert");
const { transform } = require("receiptline");
console.log("receiptline", require("receiptline/package.json").version);
const NAMES = { Hindi: "श्री", Telugu: "లక్ష్మి", Tamil: "கொடு", Kannada: "ಕ್ಷೇತ್ರ", Urdu: "رحمان", Latin: "Rao" };
const printed = (text, command) => transform(text, { cpl: 32, encoding: "multilingual", command });

for (const [language, name] of Object.entries(NAMES)) {
  const placed = printed(name, "svg").matchAll(/<tspan x="(\d+)">([^<]+)<\/tspan>/g);
  const pieces = [...placed].map(([, x, letter]) => [Number(x), letter]);
  const alone = pieces.filter(([, letter]) => /^\p{M}/u.test(letter));
  const bytes = printed(name, "escpos");
  console.log(`${language}: ${pieces.map(([x, letter]) => `${letter}@${x}`).join(" ")}   signs alone: ${alone.length}`);
  assert.deepStrictEqual(pieces.map(([, letter]) => letter), [...name]);
  assert(pieces.every(([x], index) => index === 0 || x > pieces[index - 1][0]), "from left to right");
  assert.strictEqual(alone.length, [...name].filter((letter) => /\p{M}/u.test(letter)).length);
  assert(bytes.includes(language === "Latin" ? "Rao" : "?".repeat([...name].length)));
}
assert(printed("₹50", "escpos").includes("?50"));
JAVASCRIPT
