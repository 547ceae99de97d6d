"""The table of routes finds what Starlette's own router finds."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.testclient import TestClient

from queue_server import faces
from queue_server.web.routing import RouteTable


def _says(name: str) -> Route:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{name} {sorted(request.path_params.items())}")

    method, path = name.split(" ")
    return Route(path, answer, methods=[method], name=name)


ROUTES: list[BaseRoute] = [
    *map(_says, ("GET /", "GET /healthz", "GET /{word}/own", "GET /api/v1/rooms", "POST /api/v1/rooms")),
    *map(_says, ("POST /api/v1/rooms/{room}/call-next", "GET /api/v1/rooms/closed", "GET /api/v1/rooms/{room}")),
    *map(_says, ("GET /t/{key}", "GET /t/{key}/a/b/c", "GET /slash/", "GET /{rest:path}.txt")),
    Mount("/static", Router([_says("GET /{path:path}")])),
]
PATHS = (
    *("/", "//", "/healthz", "/healthz/", "/healthz/more", "/some/own", "/api", "/api/own", "/api/v1/rooms"),
    *("/api/v1/rooms/", "/api/v1/rooms/1", "/api/v1/rooms/closed", "/api/v1/rooms/1/call-next", "/api/v1/rooms//"),
    *("/t/x", "/t/", "/t/x/a/b/c", "/slash", "/slash/", "/deep/in/the/house.txt", "/static/a/b.css", "/static"),
    *("/nothing", "/api/v1/nothing/at/all", "/api%2Fv1/rooms", "/API/v1/rooms"),
)


def _clients() -> list[TestClient]:
    tabled = Starlette()
    tabled.router = RouteTable(ROUTES)
    return [TestClient(app, follow_redirects=False) for app in (Starlette(routes=ROUTES), tabled)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_the_same_route_answers_and_the_same_is_refused(method: str) -> None:
    theirs, ours = ([client.request(method, path) for path in PATHS] for client in _clients())

    for path, here, there in zip(PATHS, ours, theirs, strict=True):
        said = (here.status_code, here.text, here.headers.get("location"))
        assert said == (there.status_code, there.text, there.headers.get("location")), path
    assert {200, 404} <= {one.status_code for one in ours} or method == "DELETE"


def test_a_call_is_looked_for_among_few_routes() -> None:
    table = RouteTable(faces.routes())

    tried = [len(table.candidates(path).routes) for path in ("/api/v1/tokens", "/healthz", "/api/v1/rooms/1/call-next")]

    assert max(tried) < 20 < len(table.routes) / 5
