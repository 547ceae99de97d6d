"""The API's readable page, made from the same table as the routes and the OpenAPI description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.api.openapi import ABOUT, Operation, description, plain, words_of
from queue_server.domain.access.scopes import Scope
from queue_server.domain.programs.webhooks import Topic, scope_of
from queue_server.web.pages import Page, page
from queue_server.web.state import Request


@dataclass(frozen=True, slots=True)
class Line:
    """One field or parameter in words; `refers` names the model that it is or holds."""

    name: str
    kind: str
    about: str
    is_needed: bool
    refers: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation in words. `answers`: status → the model's name, or what else it is."""

    operation: Operation
    anchor: str
    path: str
    summary: str
    more: str
    lines: list[Line]
    body: str | None
    answers: list[tuple[int, str, bool]]


@dataclass(frozen=True)
class ManualPage(Page):
    """The API's manual. `groups` are the operations by subject, `words` the enumerations."""

    template = "api/docs.html"

    about: list[str]
    groups: list[tuple[str, list[Entry]]]
    models: list[tuple[str, str, list[Line]]]
    words: list[tuple[str, list[str]]]
    scopes: list[Scope]
    topics: list[tuple[Topic, Scope]]
    version: str


def manual(operations: Sequence[Operation]) -> list[BaseRoute]:
    """The route of the page. It needs nothing from elsewhere: no script, no font, no internet."""
    made = cache(partial(_page, operations))

    async def show(request: Request) -> Response:
        return page(request, made())

    return [Route("/api/v1/docs", show)]


def _page(operations: Sequence[Operation]) -> ManualPage:
    document = description(operations)
    entries = [_entry(one, document) for one in operations]
    subjects = list(dict.fromkeys(one.path.split("/")[3] for one in operations))
    groups = [(name, [entry for entry in entries if entry.path.split("/")[3] == name]) for name in subjects]
    schemas = document["components"]["schemas"]
    models = [(name, schema.get("description", ""), _fields(schema)) for name, schema in sorted(schemas.items())]
    return ManualPage(
        about=ABOUT.strip().splitlines(),
        groups=groups,
        models=[model for model in models if model[2]],
        words=[(name, schema["enum"]) for name, schema in sorted(schemas.items()) if "enum" in schema],
        scopes=list(Scope),
        topics=[(topic, scope_of(topic)) for topic in Topic],
        version=document["info"]["version"],
    )


def _entry(one: Operation, document: dict[str, Any]) -> Entry:
    summary, more = words_of(one)
    described = document["paths"][plain(one.path)][one.method.lower()]
    lines = [
        Line(
            f"{given['name']}" + (" (header)" if given["in"] == "header" else ""),
            _kind(given["schema"])[0],
            given.get("description", ""),
            bool(given.get("required")),
        )
        for given in described["parameters"]
    ]
    answers = [
        (status, model.__name__ if model else ("file" if one.downloads else "–"), model is not None)
        for status, model in one.answers.items()
    ]
    return Entry(
        operation=one,
        anchor=one.handler.__name__,
        path=plain(one.path),
        summary=summary,
        more=" ".join(more.split()),
        lines=lines,
        body=one.body.__name__ if one.body else None,
        answers=answers,
    )


def _fields(schema: dict[str, Any]) -> list[Line]:
    needed = set(schema.get("required", ()))
    return [
        Line(name, *_kind(field)[:1], field.get("description", ""), name in needed, _kind(field)[1])
        for name, field in schema.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> tuple[str, str | None]:
    """The JSON type in words, and the model that it refers to."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return name, name
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"]]
        return " or ".join(kind for kind, _ in kinds), next((name for _, name in kinds if name), None)
    if schema.get("type") == "array":
        kind, name = _kind(schema.get("items", {}))
        return f"list of {kind}", name
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"])), None
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {_kind(schema['additionalProperties'])[0]}", None
    return str(schema.get("format") or schema.get("type") or "anything"), None
