"""What installs a machine at a provider, and copies its backups to a bucket, fits the project."""

import re
import subprocess
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from queue_server.storage.engine.backup_folder import name_at

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def test_the_machine_installs_files_that_there_are_by_a_script_that_bash_reads() -> None:
    text = (DEPLOY / "cloud-init.yaml").read_text()
    data = yaml.safe_load(text)
    scripts = {file["path"]: file["content"] for file in data["write_files"] if file.get("permissions") == "0755"}
    ((command,),) = data["runcmd"]
    script = scripts[command]

    used = re.findall(r"\$tree/((?:deploy/)?[\w.-]+)", script)

    assert text.startswith("#cloud-config\n")
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert {name for name in used if name != "source.tar.gz" and not (ROOT / name).is_file()} == set()
    assert {"requirements.lock", "deploy/smart-queue.service", "deploy/environment", "deploy/Caddyfile"} <= set(used)


def test_the_bucket_gets_the_servers_backups_and_nothing_there_is_changed() -> None:
    unit = (DEPLOY / "smart-queue-bucket.service").read_text()
    words = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)[0].split()

    given = re.findall(r"^(\w+)=", (DEPLOY / "bucket").read_text(), re.MULTILINE)

    assert fnmatch(name_at(datetime(2026, 11, 30, tzinfo=UTC)), words[words.index("--include") + 1])
    assert words[1] == "copy"
    assert "--immutable" in words
    assert {"BUCKET", *re.findall(r"\$\{(\w+)\}", unit)} <= set(given)
