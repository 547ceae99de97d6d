"""A client that a generator makes of the description runs a patient's whole way."""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from queue_server.api.openapi import description
from queue_server.api.v1 import OPERATIONS
from tests.inspecting.corpus import a_pdf
from tests.running import Running


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the package that `openapi-python-client` has made, which can be imported."""
    (tmp_path / "openapi.json").write_text(json.dumps(description(OPERATIONS)))
    (tmp_path / "settings.yaml").write_text("post_hooks: []\n")
    made = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    where = ["--path", "openapi.json", "--config", "settings.yaml", "--output-path", "generated_queue_client"]
    subprocess.run([*made, *where], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "generated_queue_client"


async def test_a_generated_client_issues_calls_attends_and_hands_in_a_document(
    running: Running, generated: str
) -> None:
    def of(module: str) -> Any:
        return importlib.import_module(f"{generated}.{module}")

    models, types = of("models"), of("types")
    client = of("client").AuthenticatedClient(running.url, running.keys["program"])

    async def ask(operation: str, *places: object, **more: object) -> Any:
        # The generator's asynchronous functions cannot send a file.
        return await asyncio.to_thread(of(f"api.{operation}").sync_detailed, *places, client=client, **more)

    sent = models.NewToken(department="GEN", priority=models.Priority.URGENT, reason="in pain")
    token = (await ask("tokens.issue_token", body=sent)).parsed
    called = (await ask("rooms.call_next", "1", body=models.CallNext())).parsed
    attend = models.ActOnTokenAction.ATTEND
    attended = (await ask("tokens.act_on_token", token.id, attend, body=models.ActionRequest())).parsed
    report, file = models.AddDocumentXDocumentKind.REPORT, types.File(io.BytesIO(a_pdf()), "Blood.pdf")
    label = {"x_document_kind": report, "x_document_name": "Blood.pdf"}
    handed_in = (await ask("tokens.add_document", token.id, body=file, **label)).parsed
    listed = (await ask("tokens.list_documents_of_token", token.id)).parsed
    content = (await ask("documents.get_document", handed_in.id)).content
    client.get_httpx_client().close()

    assert (token.number, called.id, called.room) == ("G-001", token.id, "1")
    assert attended.state == models.State.ATTENDED
    assert [(one.id, one.name) for one in listed.documents] == [(handed_in.id, "Blood.pdf")]
    assert content.startswith(b"%PDF")
