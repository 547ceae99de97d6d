#!/usr/bin/env bash
# A patient's name in Hindi, as an X-ray file has it, read by three packages for browsers.
#
# DICOM says in (0008,0005) how a file's text is written; ISO_IR 192, UTF-8, is its only set for Indian scripts beside
# GB18030.
# Guessed: a reader of DICOM that offers the patient's name as text heeds it.
# Seen (file by pydicom 3.0.2): dcmjs 0.51.1 does. daikon 1.2.46 (`getPatientName`, `getTag`) gives each byte as a
# letter of Latin-1, "Devi Lakshmi=à¤¦à¥…", and turns the first "^" alone into a space. dicom-parser 1.8.21 does the
# same, and says that its strings are of ASCII; dicom-character-set 1.0.5 mends its bytes. Nothing is raised.
# So a viewer beside the record shows another name than the record: take the name from the bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydicom==3.0.2
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts dcmjs@0.51.1 daikon@1.2.46 dicom-parser@1.8.21 \
  dicom-character-set@1.0.5 >/dev/null
npm ls
venv/bin/python - <<'PYTHON'
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

picture = Dataset()
picture.SpecificCharacterSet = "ISO_IR 192"
picture.SOPClassUID, picture.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3.4"
picture.PatientName = "Devi^Lakshmi=देवी^लक्ष्मी"
picture.file_meta = FileMetaDataset()
picture.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
picture.file_meta.MediaStorageSOPClassUID = picture.SOPClassUID
picture.file_meta.MediaStorageSOPInstanceUID = picture.SOPInstanceUID
picture.save_as("picture.dcm", enforce_file_format=True)
PYTHON
cat >read.cjs <<'JAVASCRIPT'
const assert = require("assert");
const { data } = require("dcmjs");
const daikon = require("daikon");
const dicomParser = require("dicom-parser");
const { convertBytes } = require("dicom-character-set");
const bytes = new Uint8Array(require("fs").readFileSync("picture.dcm"));
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const NAME = "Devi^Lakshmi=देवी^लक्ष्मी";
const letters = Buffer.from(NAME).toString("latin1");

const [name] = data.DicomMetaDictionary.naturalizeDataset(data.DicomMessage.readFile(buffer).dict).PatientName;
console.log("dcmjs", name);
assert.deepStrictEqual({ ...name }, { Alphabetic: "Devi^Lakshmi", Ideographic: "देवी^लक्ष्मी" });

const shown = daikon.Series.parseImage(new DataView(buffer)).getPatientName();
console.log("daikon", JSON.stringify(shown));
assert.strictEqual(shown, letters.replace("^", " "));

const file = dicomParser.parseDicom(bytes);
const { dataOffset, length } = file.elements.x00100010;
const mended = convertBytes("ISO_IR 192", file.byteArray.slice(dataOffset, dataOffset + length), { vr: "PN" });
console.log("dicom-parser", JSON.stringify(file.string("x00100010")), "mended:", mended);
assert.strictEqual(file.string("x00100010"), letters);
assert.strictEqual(mended.trim(), NAME);
JAVASCRIPT
node read.cjs
