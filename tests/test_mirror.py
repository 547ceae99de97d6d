"""The tests of rules, use cases and rows stand where their modules stand, by the same names."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("package", ["domain", "services", "storage"])
def test_every_module_has_a_test_file_of_its_name(package: str) -> None:
    modules = (path.relative_to(ROOT / "queue_server") for path in (ROOT / "queue_server" / package).rglob("*.py"))
    # The tables are declarations; `tests/storage/engine/test_migrating.py` compares them with the schema.
    wanted = (path for path in modules if path.stem != "__init__" and "tables" not in path.parts)

    missing = {str(path) for path in wanted if not (ROOT / "tests" / path.parent / f"test_{path.name}").is_file()}

    assert missing == set()
