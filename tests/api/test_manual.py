"""The readable page says what the description says, and needs nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from queue_server.api.openapi import description
from queue_server.api.v1 import OPERATIONS
from tests.running import Running


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_every_operation_and_every_shape_is_on_the_page(running: Running, language: str) -> None:
    page = await running.anonymous.get(f"/api/v1/docs?lang={language}", headers={"Accept": "text/html"})

    document = description(OPERATIONS)
    named = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    shapes = {f"model-{name}" for name in document["components"]["schemas"]}
    anchors = set(re.findall(r' id="([\w-]+)"', page.text))
    assert page.status_code == 200
    assert named | shapes <= anchors
    assert set(re.findall(r'href="#([\w-]+)"', page.text)) <= anchors


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing(running: Running) -> None:
    page = await running.anonymous.get("/api/v1/docs", headers={"Accept": "text/html"})

    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_every_post_takes_an_idempotency_key_but_those_whose_answer_is_a_secret_or_whose_body_is_a_file() -> None:
    posts = {one.path: one.takes_key for one in OPERATIONS if one.method == "POST"}

    assert {path for path, takes_key in posts.items() if not takes_key} == {
        "/api/v1/devices/enrol",
        "/api/v1/devices/codes",
        "/api/v1/tokens/{token:int}/documents",
    }


def test_every_change_of_a_thing_names_its_version() -> None:
    changes = {f"{one.method} {one.path}": one.match for one in OPERATIONS if one.method in {"PUT", "PATCH", "DELETE"}}
    without = {"PUT /api/v1/rooms/{room}/duty", "DELETE /api/v1/devices/{device:int}"}

    assert {change for change, match in changes.items() if match != "must"} == without


def test_every_list_is_a_page() -> None:
    lists = [one for one in OPERATIONS if one.handler.__name__.startswith("list_")]

    assert len(lists) >= 8
    assert [one.path for one in lists if not {"after", "limit"} <= {given.name for given in one.query}] == []
