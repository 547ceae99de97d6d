"""A validator by others: npm's `fhir`, with HL7's R4 definitions and value sets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "fhir@4.12.0"

#: Reads resources, one a line, and writes a line for each error. npx puts the package beside the first folder of PATH.
SCRIPT = """
const {createRequire} = require('module');
const {existsSync, readFileSync} = require('fs');
const {join} = require('path');
const near = process.env.PATH.split(':').map(folder => join(folder, '..')).find(one => existsSync(join(one, 'fhir')));
const {Fhir} = createRequire(join(near, '_'))('fhir');
const fhir = new Fhir();
for (const line of readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
  const resource = JSON.parse(line);
  for (const message of fhir.validate(resource, {errorOnUnexpected: true}).messages)
    if (message.severity === 'error' || message.severity === 'fatal')
      console.log(`${resource.resourceType}/${resource.id} ${message.location}: ${message.message}`);
}
"""


def errors(resources: Sequence[Any], folder: Path) -> list[str]:
    """What the validator finds wrong. Skips where there is no npx, unless everything is required."""
    if shutil.which("npx") is None:
        if os.environ.get("QUEUE_REQUIRE_ALL") == "1":
            pytest.fail("npx is required and missing: install Node.js and npm.")
        pytest.skip("There is no npx here (Node.js with npm).")
    (folder / "validate.js").write_text(SCRIPT)
    command = ["npx", "--yes", "--package", PACKAGE, "--", "node", str(folder / "validate.js")]
    sent = "\n".join(json.dumps(one) for one in resources)
    done = subprocess.run(command, input=sent, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.splitlines()
