"""Every test in this folder kills or cuts something."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They can be chosen, or left out, with `-m chaos`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.chaos)
