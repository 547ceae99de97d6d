#!/usr/bin/env bash
# The days on which a clinic in India is closed, from the most used packages of holidays on npm and on PyPI.
#
# Guessed: a package that lists India and each of its states has the three national days, and the feasts of the moon
# on the days of each year, as it has Eid for Bangladesh; and agrees with PyPI's holidays.
# Seen (date-holidays 3.37.0, holidays 0.109): for India there is no Diwali, no Holi, no Eid and no Dussehra, in no
# state. The feasts of the moon that states have (Basava Jayanti, Kanakadasa Jayanti, Maharishi Valmiki Jayanti, Guru
# Gobind Singh Jayanti, Maharaja Agrasen Jayanti) stand on one date of the sun for ever. holidays moves Valmiki's from
# 7 to 26 October in 2026.
# So a calendar of opening days that is filled from it calls people to a closed clinic, and closes it when it is open.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
cd "$folder"
npm install --silent --no-audit --no-fund date-holidays@3.37.0 >/dev/null
venv/bin/python - <<'PYTHON' >others.json
import json

import holidays

found = {}
for year in (2025, 2026, 2027):
    named = holidays.India(years=year, subdiv="HR", categories=("public", "optional"))
    days = [(day.isoformat(), name) for day, names in named.items() for name in names.split("; ")]
    found[year] = {
        feast: sorted(day for day, name in days if feast in name)
        for feast in ("Diwali", "Holi", "Eid al-Fitr", "Dussehra", "Valmiki")
    }
print(json.dumps(found))
PYTHON
TZ=Asia/Kolkata node - <<'JAVASCRIPT'
const assert = require("assert");
const { readFileSync } = require("fs");
const Holidays = require("date-holidays");
console.log("date-holidays", require("date-holidays/package.json").version);
const others = JSON.parse(readFileSync("others.json"));
const states = Object.keys(new Holidays().getStates("IN"));

const days = (year) => states.flatMap((state) => new Holidays("IN", state).getHolidays(year));
const dates = (year, name) => {
  const named = days(year).filter((day) => day.name.includes(name));
  return [...new Set(named.map((day) => day.date.slice(5, 10)))];
};

assert(states.length > 30);
for (const name of ["Diwali", "Deepavali", "Holi", "Eid", "Id-ul", "Dussehra", "Dasara", "Vijayadashami"]) {
  assert.deepStrictEqual(dates(2026, name).concat(dates(2027, name)), [], name);
}
assert(new Holidays("BD").getHolidays(2026).some((day) => day.name.includes("ঈদ")));
for (const name of ["Basava", "Kanakadasa", "Valmiki", "Gobind Singh", "Agrasen"]) {
  const years = [2025, 2026, 2027].map((year) => dates(year, name));
  console.log(name, ...years);
  assert.strictEqual(years[0].length, 1);
  assert.deepStrictEqual(years[1], years[0]);
  assert.deepStrictEqual(years[2], years[0]);
}
for (const [year, feasts] of Object.entries(others)) console.log("holidays", year, JSON.stringify(feasts));
assert(Object.values(others).every((feasts) => Object.values(feasts).every((found) => found.length > 0)));
assert.deepStrictEqual([others[2025].Valmiki, others[2026].Valmiki], [["2025-10-07"], ["2026-10-26"]]);
JAVASCRIPT
