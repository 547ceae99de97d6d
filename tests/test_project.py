"""What holds for the project as a whole: where things lie, what files may say, how long they get, what is pinned."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from queue_server.locale import LANGUAGES
from tests.browser.products import in_languages

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    *("queue_server", "kiosk", "display", "doctor_console", "static", "templates", "migrations", "tests"),
    *("scripts", "docs", "benchmarks", "deploy", "findings"),
    *("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "requirements.lock", "Dockerfile", "compose.yaml"),
}
SERVER_OF_PACKAGES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|deb\.debian\.org|--(extra-)?index-url|--find-links"
)
PLACE_ON_ONE_MACHINE = re.compile(r"(?<![\w.*}/-])/(work|root|home)/|opt/(wheels|pypi)")
LOCKS = ("requirements.lock", "tests/requirements.lock")
MERGE_MARKER = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)")
#: Ruff's SLF001 sees `thing._name`; this is how it is gone around.
PRIVATE_OF_OTHERS = re.compile(
    r"^\s*(?:from\s+[\w.]*\b_[a-z]|import\s+[\w.]*\b_[a-z]|from\s+[\w.]+\s+import\s.*(?<![\w.])_[a-z])"
    r"|\b(?:get|set|del|has)attr\([^)]*[\"'.]_[a-z]|\bresolve_name\([^)]*\._[a-z]"
)
#: A pause. `sleep(0)` is none: it lets the others of the event loop go on.
PAUSE = re.compile(r"\b(?:asyncio|time)\.sleep\((?!0\))|\bwait_for_timeout\b|new Promise\(.*\bsetTimeout\b")
#: Where the test plays a client, a server or a gateway that takes its time.
PACED = {
    *("tests/abdm/stand_in.py", "tests/abdm/crowd.py"),
    *("tests/alerts/gateways.py", "tests/browser/test_live_line.py", "tests/browser/board_feeds.py"),
    "tests/browser/test_voice_page.py",
    *(
        "tests/chaos/screens.py",
        "tests/chaos/test_power_cut.py",
        "tests/chaos/power.py",
        "tests/chaos/backups.py",
        "tests/chaos/test_two_processes.py",
    ),
    *("tests/chaos/history/asking.py", "tests/chaos/history/careless_proxy.py", "tests/chaos/history/day.py"),
    *("tests/chaos/hostile/__main__.py", "tests/chaos/hostile/clients.py", "tests/chaos/postgres/__main__.py"),
    *("tests/chaos/soak.py", "tests/chaos/network.py", "tests/chaos/keeper.py"),
    *("tests/chaos/history/onlookers.py", "tests/chaos/history/people.py", "tests/chaos/history/servers.py"),
    *("tests/chaos/update/__main__.py", "tests/chaos/hosts/__main__.py", "tests/chaos/screen_updates.py"),
    *("tests/live/test_http_protocol.py", "tests/live/test_hub_property.py"),
}
DAY_IN_UTC = re.compile(r"\b(?:now|before|after|moment)(?:\(\))?\.date\(\)")
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\\n(?P<hashes>(?:    --hash=sha256:.+\n)*)", re.M
)


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """The files that git tracks and that are there, relative to the project."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("This is not a checkout, so nothing tells which files belong to the project.")
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def modules(tracked: list[Path]) -> dict[Path, str]:
    """The project's Python files with their text."""
    return {path: (ROOT / path).read_text() for path in tracked if path.suffix == ".py"}


def test_the_top_level_holds_what_was_agreed_and_nothing_else(tracked: list[Path]) -> None:
    found = {path.parts[0] for path in tracked}

    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("forbidden", [SERVER_OF_PACKAGES, PLACE_ON_ONE_MACHINE])
def test_no_file_knows_where_packages_come_from_or_on_which_machine_it_was_written(
    tracked: list[Path], forbidden: re.Pattern[str]
) -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in tracked
        if path != Path(__file__).relative_to(ROOT)
        for number, line in enumerate(_lines(path), start=1)
        if forbidden.search(line)
    ]

    assert found == []


def test_no_merge_left_its_markers_in_a_file(tracked: list[Path]) -> None:
    found = [
        f"{path}:{number}: {line}"
        for path in tracked
        for number, line in enumerate(_lines(path), start=1)
        if MERGE_MARKER.match(line)
    ]

    assert found == []


def test_files_of_code_stay_short(tracked: list[Path]) -> None:
    lengths = {path: len(_lines(path)) for path in tracked if path.suffix in {".py", ".js"}}

    assert {str(path): length for path, length in lengths.items() if length > _longest_file(path)} == {}


def test_functions_stay_short(modules: dict[Path, str]) -> None:
    too_long = [
        f"{path}:{node.lineno} {node.name}"
        for path, text in modules.items()
        if path.parts[0] != "migrations"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > _longest_function(path)
    ]

    assert too_long == []


def test_templates_hold_no_script_no_style_and_no_handler_of_their_own(tracked: list[Path]) -> None:
    templates = [path for path in tracked if path.parts[0] == "templates" and path.suffix == ".html"]

    assert templates
    assert [problem for path in templates for problem in _inline(path)] == []


@pytest.mark.parametrize("lock", [*LOCKS, "docs/site/requirements.lock"])
def test_every_pinned_package_has_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    names = [line.split("==")[0] for line in text.splitlines() if re.match(r"[a-z0-9]", line)]

    assert names == [found["name"] for found in PINNED.finditer(text) if found["hashes"]]


@pytest.mark.parametrize("lock", LOCKS)
def test_what_the_project_depends_on_is_pinned_to_a_version_it_admits(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    pinned = _versions(lock)

    refused = [
        f"{text}, pinned: {pinned.get(canonicalize_name(Requirement(text).name))}"
        for text in wanted
        if not Requirement(text).specifier.contains(pinned.get(canonicalize_name(Requirement(text).name), "0"))
    ]

    assert refused == []


def test_the_tests_run_with_the_versions_that_clinics_get() -> None:
    clinics, tests = (_versions(lock) for lock in LOCKS)

    assert clinics.items() <= tests.items()


def test_the_gate_runs_a_test_only_once() -> None:
    gate = (ROOT / ".ci" / "run").read_text().replace("\\\n", " ")
    runs = [line for line in gate.splitlines() if line.startswith("scripts/test")]

    rules = [line for line in runs if "-m measured" in line]

    assert len(runs) == 3
    assert len(rules) == 1
    assert "again" not in rules[0]
    assert gate.count("--reruns") == gate.count("--reruns 1") == 1
    assert '"${by_the_clock[@]}"' in runs[0]
    assert '"${by_the_clock[@]/#/--ignore=}"' in runs[2]


def test_a_product_of_languages_is_whole_without_what_the_gate_leaves_out() -> None:
    gate = (ROOT / ".ci" / "run").read_text()
    some, others = in_languages(LANGUAGES).args[1]

    assert "-m 'not measured and not thorough'" in gate
    assert (some.marks, [mark.name for mark in others.marks]) == ((), ["thorough"])
    assert sorted([*some.values[0], *others.values[0]]) == sorted(LANGUAGES)


def _lines(path: Path) -> list[str]:
    try:
        return (ROOT / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def test_no_day_is_taken_of_a_moment_in_utc(tracked: list[Path]) -> None:
    """A day is a service day, or a day of the clinic's own calendar: see `service_day`."""
    code = [path for path in tracked if path.suffix == ".py" and path.parts[0] not in {"tests", "benchmarks"}]

    found = [f"{path}: {taken}" for path in code for taken in DAY_IN_UTC.findall((ROOT / path).read_text())]

    assert found == []
    assert DAY_IN_UTC.search("work.now.date()")
    assert DAY_IN_UTC.search("self._store.clock.now().date()")
    assert not DAY_IN_UTC.search("now.astimezone(clinic.zone).date()")


def test_nobody_reaches_into_the_private_parts_of_another_module(modules: dict[Path, str]) -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, text in modules.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if path != Path(__file__).relative_to(ROOT) and PRIVATE_OF_OTHERS.search(line)
    ]

    assert found == []
    assert PRIVATE_OF_OTHERS.search("from uvicorn._types import ASGIApplication")
    assert PRIVATE_OF_OTHERS.search("from queue_server.papers.making import Worker, _worker")
    assert PRIVATE_OF_OTHERS.search('monkeypatch.setattr("queue_server.papers.making._worker", None)')
    assert not PRIVATE_OF_OTHERS.search("from queue_server import __version__")


def test_no_test_pauses_to_show_that_nothing_happens(modules: dict[Path, str]) -> None:
    """What must come is waited for with `until`; that something does not come is shown without a pause."""
    tests = {str(path): text for path, text in modules.items() if path.parts[0] == "tests"}
    helpers = {"tests/waiting.py", "tests/other_time/sitecustomize.py", "tests/test_project.py"}

    assert [path for path, text in tests.items() if path not in helpers and PAUSE.search(text)] == []
    assert {path for path, text in tests.items() if path not in helpers and "take_time(" in text} == PACED
    assert PAUSE.search("await asyncio.sleep(0.1)")
    assert not PAUSE.search("await asyncio.sleep(0)")


def _longest_function(path: Path) -> int:
    return 40 if path.parts[0] in {"queue_server", "kiosk", "display", "doctor_console"} else 60


def _longest_file(path: Path) -> int:
    return 500 if path.parts[0] == "tests" else 400


def _versions(lock: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PINNED.finditer((ROOT / lock).read_text())}


def _inline(template: Path) -> Iterator[str]:
    """What the content security policy would refuse, a line each."""
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", _only_line_ends, (ROOT / template).read_text(), flags=re.DOTALL)
    tags = _Tags()
    tags.feed(text)
    for line, tag, attributes in tags.found:
        is_data = attributes.get("type") in {"application/json", "speculationrules"}
        if tag == "style" or (tag == "script" and "src" not in attributes and not is_data):
            yield f"{template}:{line}: inline <{tag}>"
        for name, value in attributes.items():
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                yield f"{template}:{line}: {name} on <{tag}>"


def _only_line_ends(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


class _Tags(HTMLParser):
    """Collects every tag with its line and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((self.getpos()[0], tag, dict(attrs)))


def test_a_script_keeps_the_state_of_its_page_or_makes_things_with_their_own() -> None:
    both = [
        script.relative_to(ROOT).as_posix()
        for script in (ROOT / "static" / "js").rglob("*.js")
        if re.search(r"^(export )?class (?!\w+ extends Error)", text := script.read_text(), re.MULTILINE)
        and re.search(r"^let ", text, re.MULTILINE)
    ]

    assert both == []
