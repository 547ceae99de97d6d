#!/usr/bin/env bash
# A name in Hindi on a DICOM worklist whose programmer has not named a character set.
#
# A data set's text is ASCII unless (0008,0005) says otherwise; ISO_IR 192 is UTF-8.
# Guessed: what ASCII cannot hold is refused where it is put in or sent, and the X-ray machine is told of a failure.
# Seen: pynetdicom 3.0.4 with pydicom 3.0.2 answers the query with success and "????^???????" for the name, the steps
# and the doctor; only a Python warning says so. `PersonName.from_named_components` makes such a name at once, so that
# a character set set later does not help. dcmjs 0.51.1 writes the bytes of UTF-8 under the same empty head, which
# every other reader shows as "à¤¦à…"; it does so under ISO_IR 100, too. With ISO_IR 192 all three are right.
# So set (0008,0005) first, in each answer of a worklist, and make that warning an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydicom==3.0.2 pynetdicom==3.0.4
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts dcmjs@0.51.1 >/dev/null
npm ls
cat >write.cjs <<'JAVASCRIPT'
const { writeFileSync } = require("fs");
const { DicomDict, DicomMetaDictionary } = require("dcmjs").data;
for (const [file, SpecificCharacterSet] of [["none"], ["latin", "ISO_IR 100"], ["utf8", "ISO_IR 192"]]) {
  const set = { SOPClassUID: "1.2.840.10008.5.1.4.1.1.7", SOPInstanceUID: "1.2.3.4", _vrMap: {} };
  set.PatientName = "Devi=देवी";
  if (SpecificCharacterSet) set.SpecificCharacterSet = SpecificCharacterSet;
  const head = { TransferSyntaxUID: "1.2.840.10008.1.2.1", _vrMap: {} };
  const dict = new DicomDict(DicomMetaDictionary.denaturalizeDataset(head));
  dict.dict = DicomMetaDictionary.denaturalizeDataset(set);
  writeFileSync(`${file}.dcm`, Buffer.from(dict.write()));
}
JAVASCRIPT
node write.cjs
venv/bin/python - <<'PYTHON'
import warnings
from importlib.metadata import version

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind as Worklist

warnings.simplefilter("ignore")
print("pydicom", version("pydicom"), "pynetdicom", version("pynetdicom"))
NAME = "Devi^Lakshmi=देवी^लक्ष्मी"


def answered(charset: str | None) -> tuple[int, str, str]:
    def find(event: object):
        row, step = Dataset(), Dataset()
        if charset:
            row.SpecificCharacterSet = charset
        row.PatientName, step.ScheduledProcedureStepDescription = NAME, "छाती"
        row.ScheduledProcedureStepSequence = [step]
        yield 0xFF00, row

    clinic, machine = AE(), AE()
    clinic.add_supported_context(Worklist)
    server = clinic.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, find)])
    machine.add_requested_context(Worklist)
    line = machine.associate(*server.server_address)
    query = Dataset()
    query.PatientName = ""
    (status, row), (last, _) = line.send_c_find(query, Worklist)
    line.release()
    server.shutdown()
    assert status.Status == 0xFF00
    return last.Status, str(row.PatientName), row.ScheduledProcedureStepSequence[0].ScheduledProcedureStepDescription


for charset in ("ISO_IR 192", None):
    print(charset, answered(charset))
assert answered("ISO_IR 192") == (0, NAME, "छाती")
assert answered(None) == (0, "Devi^Lakshmi=????^???????", "????")

made = Dataset()
made.SpecificCharacterSet = "ISO_IR 192"
made.PatientName = PersonName.from_named_components(family_name="देवी", given_name="लक्ष्मी")
print("from components:", made.PatientName)
assert made.PatientName == "????^???????"

read = {file: str(dcmread(f"{file}.dcm", force=True).PatientName) for file in ("none", "latin", "utf8")}
print("dcmjs:", read)
assert read["utf8"] == "Devi=देवी"
assert read["none"] == read["latin"] == "Devi=" + "देवी".encode().decode("latin-1")
PYTHON
