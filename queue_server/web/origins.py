"""Whose page has made a browser send a request: one of this site, or another's."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

_DEFAULT_PORTS = {"http": 80, "https": 443}

#: A host's name in lower case, and its port.
Address = tuple[str, int]


def is_foreign(headers: Headers, public_url: str = "") -> bool:
    """Whether a page of another site has made the browser send this.

    `public_url`: the address that the clinic has told the server, for a proxy that passes on another Host. Browsers
    name themselves by Sec-Fetch-Site or Origin; a program sends neither and has no cookies to abuse. A port that is
    the scheme's own is the same as none: `Host: queue.example:443` is what some proxies send.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False
    scheme = origin.partition(":")[0].lower()
    own = {_address(f"//{headers.get('host', '')}", scheme), _address(public_url, scheme)}
    return _address(origin, scheme) not in own - {None}


def _address(url: str, scheme: str) -> Address | None:
    """Where the URL leads, with the port that `scheme` implies; none when it is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme or scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
