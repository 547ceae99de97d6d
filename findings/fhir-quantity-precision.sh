#!/usr/bin/env bash
# A laboratory's 12.10 g/dL through a FHIR library and back.
#
# FHIR (data type decimal): the precision of a value has a meaning in health care, and programs must keep it.
# Guessed: fhir.resources keeps it, since its field is a Decimal.
# Seen (fhir.resources 8.3.0): reading JSON turns 12.10 into Decimal('12.1') and rounds seventeen digits and more to a
# float's; writing JSON turns an exact Decimal('12.10') into 12.1 as well. Nothing is said either way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fhir.resources==8.3.0 fhir-core==1.1.12
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

from fhir.resources.observation import Observation

FRAME = '{"resourceType":"Observation","status":"final","code":{"text":"haemoglobin"},"valueQuantity":{"value":%s}}'

for text, read in (("12.10", "12.1"), ("100.00", "100.0"), ("12345678901234567.89", "12345678901234568")):
    value = Observation.model_validate_json(FRAME % text).valueQuantity.value
    print("read", text, "as", repr(value))
    assert str(value) == read

observation = Observation.model_validate_json(FRAME % "1")
for exact, written in (("12.10", "12.1"), ("0.50", "0.5")):
    observation.valueQuantity.value = Decimal(exact)
    json = observation.model_dump_json()
    print("wrote", exact, "as", json)
    assert json.endswith('"value":%s}}' % written)
PYTHON
