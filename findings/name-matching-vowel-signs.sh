#!/usr/bin/env bash
# Whether a patient's name in an Indian script is told from another one by the usual helpers for matching and searching.
#
# Guessed: a vowel sign belongs to the word like the letter before it; a name finds itself, and no name with other
# vowels.
# Seen: RapidFuzz 3.14.6 in its `default_process`, which thefuzz 0.22.1 applies by itself, and FlexSearch 0.8.212 in
# every encoder that it offers take the vowel signs for punctuation. सीता (Sita) and सात (seven) are both "स त": 100
# of 100 alike, and the search for one gives the other; so with గీత and గోత, শিলা and শৈলি. Without a processor
# RapidFuzz tells them apart, and minisearch 7.2.0 and Fuse.js 7.5.0 do as they are. Nothing is raised.
# So a check for the same patient twice, or a search by name, must be given the names as they are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rapidfuzz==3.14.6 thefuzz==0.22.1
cd "$folder"
npm install --silent --no-audit --no-fund flexsearch@0.8.212 minisearch@7.2.0 fuse.js@7.5.0 >/dev/null
npm ls
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

from rapidfuzz import fuzz, utils
from thefuzz import fuzz as thefuzz

print("rapidfuzz", version("rapidfuzz"), "thefuzz", version("thefuzz"))
for one, other in (("सीता", "सात"), ("గీత", "గోత"), ("শিলা", "শৈলি")):
    bare = utils.default_process(one)
    alike = fuzz.ratio(one, other, processor=utils.default_process), thefuzz.token_sort_ratio(one, other)
    print(f"{one} {other}: both {bare!r}, alike {alike}, as they are {fuzz.ratio(one, other):.0f}")
    assert bare == utils.default_process(other) != one
    assert alike == (100, 100)
    assert fuzz.ratio(one, other) < 80
PYTHON
cat >search.cjs <<'JAVASCRIPT'
const assert = require("assert");
const { Index, Charset } = require("flexsearch");
const MiniSearch = require("minisearch");
const Fuse = require("fuse.js");
const NAMES = ["सीता", "सात", "గీత", "గోత", "শিলা", "শৈলি"];
const rows = NAMES.map((name, id) => ({ id, name }));
const pairs = NAMES.map((_, id) => [id - (id % 2), id - (id % 2) + 1]);
const found = (search) => NAMES.map((name) => search(name).map(Number).sort());

for (const encoder of ["Exact", "Default", "Normalize", "LatinBalance"]) {
  const index = new Index({ encoder: Charset[encoder] });
  rows.forEach(({ id, name }) => index.add(id, name));
  console.log(encoder, JSON.stringify(found((name) => index.search(name))));
  assert.deepStrictEqual(found((name) => index.search(name)), pairs);
}
const mini = new MiniSearch({ fields: ["name"] });
mini.addAll(rows);
const fuse = new Fuse(rows, { keys: ["name"], threshold: 0 });
const alone = NAMES.map((_, id) => [id]);
assert.deepStrictEqual(found((name) => mini.search(name).map((hit) => hit.id)), alone);
assert.deepStrictEqual(found((name) => fuse.search(name).map((hit) => hit.item.id)), alone);
JAVASCRIPT
node search.cjs
