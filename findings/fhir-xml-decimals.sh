#!/usr/bin/env bash
# A laboratory's 12.10 g/dL from FHIR's XML to JSON by npm's fhir.
#
# Guessed: decimals become JSON numbers as integers and booleans do, so that 12.10 is read as 12.1 and its precision lost.
# Seen (fhir 4.12.0): booleans and integers become JSON's own, but every decimal becomes a string, "12.10" and also "10":
# no digit is lost, and the result is no FHIR any more. The same package's validator refuses what its reader made, and
# its writer makes the first XML of it again. An amount of 10 tablets in a prescription is meant as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund fhir@4.12.0 >/dev/null
node - <<'JAVASCRIPT'
const assert = require("assert");
const { Fhir } = require("fhir");
console.log("fhir", require("fhir/package.json").version);
const fhir = new Fhir();

const prescription = `<?xml version="1.0" encoding="UTF-8"?><MedicationRequest xmlns="http://hl7.org/fhir"><status value="active"/>\
<intent value="order"/><doNotPerform value="false"/><medicationCodeableConcept><text value="paracetamol 500 mg"/>\
</medicationCodeableConcept><subject><reference value="Patient/1"/></subject><dispenseRequest><numberOfRepeatsAllowed \
value="2"/><quantity><value value="10"/></quantity></dispenseRequest></MedicationRequest>`;
const result = `<?xml version="1.0" encoding="UTF-8"?><Observation xmlns="http://hl7.org/fhir"><status value="final"/>\
<code><text value="haemoglobin"/></code><valueQuantity><value value="12.10"/><unit value="g/dL"/></valueQuantity></Observation>`;

const errors = (resource) =>
  fhir.validate(resource).messages.filter((one) => one.severity === "error").map((one) => one.message);
for (const [xml, value] of [[prescription, "10"], [result, "12.10"]]) {
  const read = fhir.xmlToObj(xml);
  console.log(JSON.stringify(read));
  console.log(errors(read));
  assert.strictEqual((read.valueQuantity ?? read.dispenseRequest.quantity).value, value);
  assert.deepStrictEqual(errors(read), [`Number type expected but string received for value "${value}"`]);
  assert.strictEqual(fhir.objToXml(read), xml);
}
const { doNotPerform, dispenseRequest } = fhir.xmlToObj(prescription);
assert.strictEqual(doNotPerform, false);
assert.strictEqual(dispenseRequest.numberOfRepeatsAllowed, 2);
JAVASCRIPT
echo "As it was seen."
