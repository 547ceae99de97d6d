"""The end of a PDF says where its objects are; programs write it wrong, and transfers cut it off."""

from __future__ import annotations

import re

#: How far from its end a file says where its cross-references are.
_TAIL = 1054
_START = re.compile(rb"startxref\s+(\d+)")
_CROSS_REFERENCES = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)")


def findable(content: bytes) -> bytes:
    """The content; where its end does not lead to its cross-references, with an end that does, or that leads nowhere.

    A pointer that is off by one must not be followed: of `13 0 obj` it makes `3 0 obj`, and a page is gone. Where there
    is none that could be read, qpdf searches for the objects.
    """
    found = [*_START.finditer(content, max(0, len(content) - _TAIL))]
    if found and _is_at_cross_references(content, int(found[-1][1][:20])):
        return content
    if (at := _stream_of_cross_references(content)) is not None:
        return content + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    if content.rfind(b"startxref") < content.rfind(b"/Root"):
        return _with_trailer(content)
    return content[: found[-1].start()] + b"%" + content[found[-1].start() + 1 :] if found else content


def _stream_of_cross_references(content: bytes) -> int | None:
    """Where the stream begins to which the end must lead: the last object of the file, if it is one.

    A linearized file that nobody has added to is read from its first one, which leads to the last.
    """
    last = content.rfind(b" obj")
    if b"/XRef" not in content[last : last + 1024]:
        return None
    if b"/Linearized" in content[:1024] and content.count(b"/XRef") == 2:
        last = content.rfind(b" obj", 0, content.find(b"/XRef"))
    return max(content.rfind(end, 0, last) for end in (b"\n", b"\r")) + 1


def _is_at_cross_references(content: bytes, at: int) -> bool:
    before = content[max(0, at - 1) : at]
    return _CROSS_REFERENCES.match(content[at : at + 40]) is not None and not before.isdigit()


def _with_trailer(content: bytes) -> bytes:
    """The content of a file that breaks off in its trailer, with another one that names the same root object."""
    root = re.search(rb"/Root\s+(\d+\s+\d+\s+R)\b", content[content.rfind(b"/Root") :])
    numbers = [int(found[1]) for found in re.finditer(rb"\b(\d{1,9})\s+\d{1,5}\s+obj\b", content)]
    if root is None or not numbers or b"/Encrypt" in content:
        return content
    trailer = b"\ntrailer\n<< /Root %b /Size %d >>\n" % (root[1], max(numbers) + 1)
    return content.replace(b"trailer", b"%railer") + trailer
