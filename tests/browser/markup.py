"""What html-validate finds in the pages as the server sends them: HTML that is no HTML, ids that stand twice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

#: The newest that runs on the Node.js of Debian 12.
VERSION = "8.29.0"
#: What the HTML standard says; matters of style are left out.
CONFIG = {"root": True, "extends": ["html-validate:standard"]}


def markup_problems(sources: Mapping[str, str]) -> list[str]:
    """A line for each error in these pages (address → HTML). Skips where there is no npx, unless all is required."""
    npx = shutil.which("npx")
    if npx is None:
        assert os.environ.get("QUEUE_REQUIRE_ALL") != "1", "npx is required and missing: install Node.js and npm."
        pytest.skip("there is no npx here (Node.js with npm), so the pages' HTML was not checked")
    with tempfile.TemporaryDirectory() as folder:
        names = {f"{at}.html": path for at, path in enumerate(sources)}
        for name, path in names.items():
            (Path(folder) / name).write_text(sources[path])
        (Path(folder) / ".htmlvalidate.json").write_text(json.dumps(CONFIG))
        command = [npx, "--yes", f"html-validate@{VERSION}", "--formatter", "json", "--ext", "html", "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    reports = json.loads(done.stdout)
    return [
        f"{names[Path(report['filePath']).name]}:{one['line']}: {one['ruleId']}: {one['message']}"
        for report in reports
        for one in report["messages"]
        if one["severity"] == 2
    ]
