"""Golden files: what is committed is what comes out, until someone says otherwise and looks at it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

SLIPS = Path(__file__).parent.parent / "golden" / "slips"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden slips; look at them afterwards")


@pytest.fixture
def is_updating(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten; the option is known only when this folder is named on the command line."""
    return bool(request.config.getoption("--update-golden", default=False))


@pytest.fixture
def matches_golden(is_updating: bool) -> Callable[[str, bytes, Image.Image, str], None]:
    """Compares a slip's bytes, picture and text with the committed ones, or writes them."""

    def check(name: str, document: bytes, picture: Image.Image, text: str) -> None:
        paths = {kind: SLIPS / f"{name}.{kind}" for kind in ("bin", "png", "txt")}
        if is_updating:
            paths["bin"].write_bytes(document)
            picture.save(paths["png"], optimize=True)
            paths["txt"].write_text(text)
        hint = f"{name} has changed; run pytest tests/kiosk --update-golden and look at the picture"
        assert text == paths["txt"].read_text(), hint
        with Image.open(paths["png"]) as golden:
            assert golden.size == picture.size, hint
            assert ImageChops.logical_xor(golden, picture).getbbox() is None, hint
        assert document == paths["bin"].read_bytes(), hint

    return check
