#!/usr/bin/env bash
# What FHIRPath in Python makes of doses, beside FHIRPath in JavaScript.
#
# Guessed: fhirpathpy follows the same specification as fhirpath.js and answers alike: half a tablet is rounded up, 10 mg
# is 0.01 g, 1 g is more than 10 mg.
# Seen (fhirpathpy 2.2.4, fhirpath 5.2.2): in Python a half goes to the even neighbour (2.5 → 2, 1.25 → 1.2; JavaScript
# and the specification say 3 and 1.3), round() without a precision is refused, quantities of different units are never
# equal, two quantities cannot be compared by size at all (TypeError, also in one unit), and the remainder of a negative
# number has the divisor's sign. Durations are equal across units in both.
# So a rule on doses that was tried in one of them is not yet right in the other.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fhirpathpy==2.2.4
cd "$folder"
npm install --silent --no-audit --no-fund fhirpath@5.2.2 >/dev/null
cat >questions <<'QUESTIONS'
2.5.round(0)
1.25.round(1)
2.5.round()
10 'mg' = 0.01 'g'
1 'L' = 1000 'mL'
1 'g' > 10 'mg'
2.5 'mg' > 1 'mg'
(-5) mod 2
2 days = 48 hours
QUESTIONS
venv/bin/python - >python.txt <<'PYTHON'
from fhirpathpy import evaluate

for line in open("questions"):
    try:
        (answer,) = evaluate({}, line.strip())
        print(line.strip(), "→", answer)
    except Exception as refused:
        print(line.strip(), "→", type(refused).__name__)
PYTHON
node >javascript.txt - <<'JAVASCRIPT'
const { evaluate } = require("fhirpath");
const capital = (text) => text.replace("true", "True").replace("false", "False");
for (const line of require("fs").readFileSync("questions", "utf8").trim().split("\n"))
  console.log(line, "→", capital(String(evaluate({}, line)[0])));
JAVASCRIPT
cat >python.wanted <<'WANTED'
2.5.round(0) → 2
1.25.round(1) → 1.2
2.5.round() → Exception
10 'mg' = 0.01 'g' → False
1 'L' = 1000 'mL' → False
1 'g' > 10 'mg' → TypeError
2.5 'mg' > 1 'mg' → TypeError
(-5) mod 2 → 1
2 days = 48 hours → True
WANTED
cat >javascript.wanted <<'WANTED'
2.5.round(0) → 3
1.25.round(1) → 1.3
2.5.round() → 3
10 'mg' = 0.01 'g' → True
1 'L' = 1000 'mL' → True
1 'g' > 10 'mg' → True
2.5 'mg' > 1 'mg' → True
(-5) mod 2 → -1
2 days = 48 hours → True
WANTED
paste -d '|' python.txt javascript.txt
diff python.wanted python.txt
diff javascript.wanted javascript.txt
echo "As it was seen."
