"""What a request finds has types; the lifespan's side of it is checked by mypy."""

import ast
from pathlib import Path

import pytest

FACES = ["queue_server/web", "queue_server/api", "queue_server/admin", "queue_server/desk", "queue_server/patients"]
FACES += ["kiosk/web", "display/web", "doctor_console/web"]
TYPED = {"Request", "WebSocket", "HTTPConnection"}


@pytest.mark.parametrize("face", FACES)
def test_handlers_take_the_request_whose_state_has_types(face: str) -> None:
    taken = {
        f"{path}: {name.name}"
        for path in Path(face).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in {"starlette.requests", "starlette.websockets"}
        for name in node.names
        if name.name in TYPED
    }

    assert taken == set()
