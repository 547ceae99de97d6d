"""Errors as FHIR says them: an OperationOutcome, whatever went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

#: HTTP status → issue-type of R4; what is not here is `processing` below 500 and `exception` from there on.
TYPES: Mapping[int, str] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    410: "deleted",
    413: "too-long",
    423: "forbidden",
    429: "throttled",
    503: "transient",
}


def is_fhir(path: str) -> bool:
    """Whether whoever asks for this address understands FHIR."""
    return path.startswith("/fhir/")


def outcome(status: int, code: str, message: str) -> Response:
    """The error; `code` is our own, on which programs rely. FHIR says 400 for what HTTP may call 422."""
    told = 400 if status == 422 else status
    kind = TYPES.get(told, "exception" if told >= 500 else "processing")
    issue = {"severity": "error", "code": kind, "details": {"text": message}, "diagnostics": code}
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return Response(json.dumps(body, ensure_ascii=False), told, media_type="application/fhir+json")
