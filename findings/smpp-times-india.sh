#!/usr/bin/env bash
# When an SMS is to be sent, in SMPP, written and read by two libraries on India's clock.
#
# SMPP 3.4 (7.1.1) writes a moment as YYMMDDhhmmsst, then the distance from UTC in quarter hours and its sign: "22+"
# is +05:30.
# Guessed: what a library writes it reads back as the same moment; quarter hours were made for zones like this one.
# Seen: both write "22+". aiosmpplib 0.7.4 reads it as 22 hours ahead of UTC, and the year as 26. smpp.pdu3 0.6 reads
# "22+" rightly but "00+", which is UTC, as a time without a zone; Python takes that for the machine's own, five and a
# half hours off in India; and it writes a time without a zone as UTC.
# So give both libraries times with +05:30 to write, and read what a gateway sends with code of your own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiosmpplib==0.7.4 smpp.pdu3==0.6
TZ=Asia/Kolkata "$folder/venv/bin/python" - <<'PYTHON'
import contextlib
import io
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version

from aiosmpplib.protocol import SubmitSm
from smpp.pdu import smpp_time

INDIA = timezone(timedelta(hours=5, minutes=30))
MOMENT = datetime(2026, 11, 30, 10, 15, tzinfo=INDIA)

written = SubmitSm.datetime_to_smpp_time(MOMENT)
read = SubmitSm.smpp_time_to_datetime(written)
print("aiosmpplib", version("aiosmpplib"), MOMENT.isoformat(), "->", written, "->", read.isoformat())
assert written == "261130101500022+"
assert read.utcoffset() == timedelta(hours=22)
assert read.year == 26

with contextlib.redirect_stdout(io.StringIO()):  # it prints the sign
    written = smpp_time.unparse(MOMENT).decode()
    again = smpp_time.parse(written)
    in_utc = smpp_time.unparse(MOMENT.astimezone(UTC)).decode()
    lost = smpp_time.parse(in_utc)
    naive = smpp_time.unparse(MOMENT.replace(tzinfo=None)).decode()
print("smpp.pdu3", version("smpp.pdu3"), written, "->", again.isoformat(), "  ", in_utc, "->", lost.isoformat())
assert again == MOMENT
assert in_utc == "261130044500000+"
assert lost.tzinfo is None
assert MOMENT - lost.astimezone() == timedelta(hours=5, minutes=30)
assert naive == "261130101500000+"
PYTHON
