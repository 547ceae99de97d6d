"""Resources as answers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from queue_server.domain.errors import BadInput
from queue_server.fhir.elements import Resource, compact, encoded
from queue_server.web.state import Request

MEDIA_TYPE = "application/fhir+json"
_FORMATS = frozenset({"json", "application/json", MEDIA_TYPE, "text/json"})


def base_url(request: Request) -> str:
    """Where this server's resources are, as the clinic has told the server."""
    return f"{request.state['settings'].phone_url.rstrip('/')}/fhir/R4"


def check_format(request: Request) -> None:
    """Raises `BadInput` where another format than JSON is asked for by `_format`, which wins over Accept."""
    if request.query_params.get("_format", "json").partition(";")[0].strip() not in _FORMATS:
        raise BadInput("_format", "There is JSON, and no other format.")


def one(request: Request, resource: Resource) -> Response:
    """The resource, or 304 where the asker has this version already. Raises `BadInput` for another format than JSON."""
    check_format(request)
    tag = f'W/"{resource["meta"]["versionId"]}"' if "meta" in resource else ""
    headers = {"Cache-Control": "no-store"} | ({"ETag": tag} if tag else {})
    known = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    # Compared weakly (RFC 9110, 13.1.2): `"1"` is what `W/"1"` is, and `*` is whatever there is.
    if tag and {tag, tag.removeprefix("W/"), "*"} & set(known):
        return Response(status_code=304, headers=headers)
    return Response(encoded(resource), media_type=MEDIA_TYPE, headers=headers)


def bundle(request: Request, found: Sequence[Resource], after: int | None, more: Sequence[Resource] = ()) -> Response:
    """A page of a search, with the link to the next one; `more` was not found itself, but is named by what was."""
    base, kind = base_url(request), request.url.path.rsplit("/", 1)[1]
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "_after"]
    here = [("_after", request.query_params["_after"])] if "_after" in request.query_params else []
    links = [{"relation": "self", "url": _link(base, kind, [*asked, *here])}]
    if after is not None:
        links.append({"relation": "next", "url": _link(base, kind, [*asked, ("_after", str(after))])})
    entries = [_entry(base, one, "match") for one in found] + [_entry(base, one, "include") for one in more]
    resource = compact(resourceType="Bundle", type="searchset", link=links, entry=entries)
    return Response(encoded(resource), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _entry(base: str, resource: Resource, mode: str) -> Resource:
    place = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": place, "resource": resource, "search": {"mode": mode}}


def _link(base: str, kind: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{base}/{kind}" + (f"?{urlencode(query)}" if query else "")
