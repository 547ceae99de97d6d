"""The container's files fit the project and one another, as far as that can be told without building it."""

import re
import shlex
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from runpy import run_path
from threading import Thread
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from queue_server.cli import parser
from queue_server.locale import LANGUAGES
from queue_server.settings import Settings
from queue_server.web import health

ROOT = Path(__file__).resolve().parents[2]
CONTAINER = ROOT / "deploy" / "container"
DOCKERFILE = (CONTAINER / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "smart-queue"}
SETTINGS = {f"QUEUE_{name.upper()}" for name in Settings.model_fields}


def test_every_path_that_the_image_copies_is_there_and_not_ignored() -> None:
    ignored = (CONTAINER / "Dockerfile.dockerignore").read_text().splitlines()
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    copied = {path for line in lines for path in line.split()}

    assert {path for path in copied if not (ROOT / path).exists()} == set()
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied
    assert "*" in ignored


def test_the_image_installs_what_is_pinned_and_gives_its_server_no_rights() -> None:
    installs = re.findall(r"pip\S* .*?install .*", DOCKERFILE)

    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert len(installs) == 3
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_the_image_starts_a_command_that_there_is_without_a_shell() -> None:
    said = dict(re.findall(r"^(ENTRYPOINT|CMD) \[(.+)\]$", DOCKERFILE, re.MULTILINE))

    program, *words = shlex.split(f"{said['ENTRYPOINT']} {said['CMD']}".replace(",", " "))

    assert program == "smart-queue"
    assert parser().parse_args(words).command


def test_ports_settings_and_the_health_check_agree() -> None:
    block = re.search(r"^ENV PATH(?:.*\\\n)+.*$", DOCKERFILE, re.MULTILINE)
    assert block is not None
    given = dict(re.findall(r"(QUEUE_\w+)=(\S+)", block[0]))

    assert given.keys() <= SETTINGS
    assert f"EXPOSE {given['QUEUE_PORT']}\n" in DOCKERFILE
    assert f"VOLUME {given['QUEUE_DATA']}\n" in DOCKERFILE
    for service in OURS.values():
        assert service.get("ports", [f"8000:{given['QUEUE_PORT']}"]) == [f"8000:{given['QUEUE_PORT']}"]
    proxy = (CONTAINER / "Caddyfile").read_text()
    assert re.findall(r"server\d:(\d+)", proxy) == [given["QUEUE_PORT"]] * 2
    assert re.findall(r"health_uri (\S+)", proxy) == [_path_of(health.readyz)]


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_with_settings_that_there_are_and_without_rights(name: str) -> None:
    service = OURS[name]

    assert service["environment"].keys() <= SETTINGS
    assert parser().parse_args(service.get("command", ["serve"])).command
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert (ROOT / "deploy" / "container" / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_the_compose_file_is_as_its_specification_says(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((CONTAINER / "compose.yaml").read_text().replace("read_only:", "readonly:"))

    assert _complaints(CONTAINER / "compose.yaml") == ""
    assert "readonly" in _complaints(wrong)


def _complaints(file: Path) -> str:
    """What the published schema of compose files has against it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_each_shape_brings_the_database_to_the_schema_before_its_servers_start() -> None:
    for name, service in OURS.items():
        if service.get("command") is None:
            (before,) = service["depends_on"].items()
            assert COMPOSE["services"][before[0]]["command"] == ["migrate"], name
            assert before[1] == {"condition": "service_completed_successfully"}
            assert COMPOSE["services"][before[0]]["environment"] == service["environment"]
            assert COMPOSE["services"][before[0]]["volumes"] == service["volumes"]


def test_every_volume_and_network_is_declared_and_used() -> None:
    services = COMPOSE["services"].values()
    volumes = {volume.split(":")[0] for service in services for volume in service["volumes"]}
    networks = {network for service in services for network in service.get("networks", [])}

    assert {name for name in volumes if not name.startswith(".")} == COMPOSE["volumes"].keys()
    assert networks == COMPOSE["networks"].keys()
    (subnet,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert OURS["server1"]["environment"]["QUEUE_TRUSTED_PROXIES"] == subnet["subnet"]


@pytest.mark.parametrize(("status", "exits"), [(200, 0), (503, 1)])
def test_the_health_check_believes_readyz(status: int, exits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), _answering(status)) as server:
        monkeypatch.setenv("QUEUE_PORT", str(server.server_port))
        Thread(target=server.handle_request).start()

        assert run_path(str(CONTAINER / "ready.py"))["main"]() == exits


def test_the_health_check_fails_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_PORT", "1")

    assert run_path(str(CONTAINER / "ready.py"))["main"]() == 1


def _path_of(endpoint: object) -> str:
    (found,) = (route for route in health.routes if getattr(route, "endpoint", None) is endpoint)
    return str(getattr(found, "path", ""))


def _answering(status: int) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_request(self, *_: object) -> None:
            """Nothing is said."""

    return Answer


def test_the_image_keeps_the_dates_and_names_of_every_language_that_there_is() -> None:
    kept = re.search(r"-not -regex '([^']+)'", DOCKERFILE)
    assert kept is not None
    pattern = re.compile(re.sub(r"\\([(|)])", r"\1", kept[1]))

    for code in LANGUAGES:
        for name in (code, f"{code}_IN", *({"en_001"} if code == "en" else ())):
            assert pattern.fullmatch(f"/x/babel/locale-data/{name}.dat"), name
    assert not pattern.fullmatch("/x/babel/locale-data/de_DE.dat")
