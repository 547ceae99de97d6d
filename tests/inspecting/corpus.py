"""Bad files by the hundred, made anew for each run: name → bytes. `PAYLOAD` is in every one that hides something."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

PAYLOAD = b"<script>alert('stolen')</script>"


def bad_files() -> dict[str, bytes]:
    """The corpus. The same seed makes the same files."""
    chance = random.Random(4)
    found: dict[str, bytes] = {}
    for maker in (_other_types, _truncated, _polyglots, _floods, _scripted, _encrypted, _bombs, _broken):
        for name, content in maker(chance):
            assert name not in found, name
            found[name] = content
    return found


def a_pdf(pages: int = 1, **root: object) -> bytes:
    """A small PDF; `root` adds entries to its catalogue."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    for key, value in root.items():
        made.Root[f"/{key}"] = made.make_indirect(value) if isinstance(value, Dictionary) else value
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    """A small picture: left half red, right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header says this size, whatever its data is."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, body) for name, body in chunks)


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros as zlib packs them, made of one megabyte that is repeated; only the sum is wrong."""
    packer = zlib.compressobj()
    first = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes - 1) + packer.flush()


def a_zip(name: str = "x.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, PAYLOAD)
    return out.getvalue()


def _other_types(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    html = b"<!DOCTYPE html><html>" + PAYLOAD
    heads = {
        "html.pdf": html,
        "bom.pdf": b"\xef\xbb\xbf" + a_pdf(),
        "space.pdf": b" " + a_pdf(),
        "newline.pdf": b"\n" + a_pdf(),
        "html-before.pdf": html + a_pdf(),
        "kilobyte-before.pdf": b"A" * 1000 + a_pdf(),
        "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg">' + PAYLOAD + b"</svg>",
        "svg-xml.jpg": b'<?xml version="1.0"?><svg onload="x">' + PAYLOAD,
        "gif.png": b"GIF89a" + PAYLOAD,
        "webp.jpg": b"RIFF\x24\x00\x00\x00WEBPVP8 " + PAYLOAD,
        "bmp.png": b"BM" + PAYLOAD,
        "tiff.jpg": b"II*\x00" + PAYLOAD,
        "tiff-big.jpg": b"MM\x00*" + PAYLOAD,
        "heic.jpg": b"\x00\x00\x00\x18ftypheic" + PAYLOAD,
        "avif.jpg": b"\x00\x00\x00\x18ftypavif" + PAYLOAD,
        "zip.pdf": a_zip(),
        "traversal.zip": a_zip("../../etc/passwd"),
        "docx.pdf": a_zip("word/document.xml"),
        "exe.pdf": b"MZ" + PAYLOAD,
        "elf.png": b"\x7fELF" + PAYLOAD,
        "script.pdf": b"#!/bin/sh\n" + PAYLOAD,
        "postscript.pdf": b"%!PS-Adobe-3.0\n" + PAYLOAD,
        "php.jpg": b"<?php system($_GET[0]);" + PAYLOAD,
        "rtf.pdf": b"{\\rtf1" + PAYLOAD,
        "ole.pdf": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + PAYLOAD,
        "gzip.pdf": b"\x1f\x8b\x08" + PAYLOAD,
        "mp4.png": b"\x00\x00\x00\x20ftypisom" + PAYLOAD,
        "text.pdf": PAYLOAD,
        "empty.pdf": b"",
        "zeros.pdf": bytes(4096),
        "utf16.pdf": a_pdf()[:8].decode().encode("utf-16") + a_pdf()[8:],
        "lower.pdf": a_pdf().replace(b"%PDF", b"%pdf", 1),
        "only-head.pdf": b"%PDF-1.7",
        "only-head.jpg": b"\xff\xd8\xff",
        "only-head.png": b"\x89PNG\r\n\x1a\n",
        "one-byte": b"%",
    }
    yield from heads.items()
    for number in range(10):
        yield f"noise-{number}", chance.randbytes(50 * number + 1)


def _truncated(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = {"pdf": a_pdf(3), "jpg": a_picture("JPEG", (300, 200)), "png": a_picture("PNG", (300, 200))}
    for kind, content in whole.items():
        for share in (10, 25, 40, 55, 70, 85):
            yield f"cut-at-{share}.{kind}", content[: len(content) * share // 100]


def _polyglots(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = {"pdf": a_pdf(), "jpg": a_picture(), "png": a_picture("PNG")}
    behind = {
        "zip": a_zip(),
        "jar": a_zip("META-INF/MANIFEST.MF"),
        "html": b"<html>" + PAYLOAD,
        "php": b"<?php " + PAYLOAD,
        "exe": b"MZ" + PAYLOAD,
        "pdf": a_pdf() + PAYLOAD,
        "far": bytes(2000) + PAYLOAD,
    }
    for kind, content in whole.items():
        for name, more in behind.items():
            yield f"with-{name}-behind.{kind}", content + more
    exif = b"Exif\x00\x00" + b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00" + PAYLOAD
    yield "exif-payload.jpg", a_picture(exif=exif)
    yield "comment-payload.jpg", a_picture(comment=PAYLOAD)
    yield "profile-payload.jpg", a_picture(icc_profile=PAYLOAD)
    yield "profile-payload.png", a_picture("PNG", icc_profile=PAYLOAD)
    png = a_picture("PNG")
    for chunk in (b"tEXt", b"prVt", b"eXIf"):
        body = b"Comment\x00" + PAYLOAD
        yield f"chunk-{chunk.decode()}.png", png[:33] + png_chunk(chunk, body) + png[33:]
    yield "comment-in-pdf.pdf", a_pdf().replace(b"%\xbf", b"% " + PAYLOAD + b"\n%\xbf", 1)
    mz = a_picture()
    yield "jpeg-as-html.jpg", mz[:2] + b"\xff\xfe" + struct.pack(">H", len(PAYLOAD) + 2) + PAYLOAD + mz[2:]


def _floods(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for width, height in ((30_000, 30_000), (100_000, 9_000), (2**31 - 1, 1), (60_000, 15_000), (65_500, 65_500)):
        yield f"{width}x{height}.png", png_of(width, height)
        yield f"{width}x{height}-data.png", png_of(width, height, bytes(100_000))
    jpeg = bytearray(a_picture())
    start = bytes(jpeg).index(b"\xff\xc0") + 5
    for height, width in ((65_500, 65_500), (30_000, 30_000), (65_500, 20_000)):
        jpeg[start : start + 4] = struct.pack(">HH", height, width)
        yield f"{width}x{height}.jpg", bytes(jpeg)
    for width, height in ((0, 10), (10, 0)):
        yield f"{width}x{height}.png", png_of(width, height)
    for side in (20_000, 100_000):
        made = pikepdf.new()
        made.add_blank_page()
        image = made.make_stream(b"x", Type=Name.XObject, Subtype=Name.Image, Width=side, Height=side)
        made.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=image))
        out = io.BytesIO()
        made.save(out)
        yield f"picture-of-{side}.pdf", out.getvalue()


def actions() -> dict[str, Dictionary]:
    """What a PDF can be made to do, new for each file: an object belongs to one file."""
    script = String(PAYLOAD.decode())
    return {
        "JavaScript": Dictionary(S=Name.JavaScript, JS=script),
        "Launch": Dictionary(S=Name.Launch, F=script),
        "SubmitForm": Dictionary(S=Name.SubmitForm, F=script),
        "ImportData": Dictionary(S=Name.ImportData, F=script),
        "GoToE": Dictionary(S=Name.GoToE, F=script),
        "GoToR": Dictionary(S=Name.GoToR, F=script, D=Array([0, Name.Fit])),
        "Rendition": Dictionary(S=Name.Rendition, OP=0),
        "chained": Dictionary(S=Name.GoTo, D=script, Next=Dictionary(S=Name.JavaScript, JS=script)),
        "chain": Dictionary(S=Name.URI, URI=script, Next=Array([Dictionary(S=Name.Launch, F=script)])),
    }


def _scripted(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    script = String(PAYLOAD.decode())
    for name in actions():
        yield f"open-{name}.pdf", a_pdf(OpenAction=actions()[name])
        names = Dictionary(Names=Array([script, actions()[name]]))
        yield f"names-{name}.pdf", a_pdf(Names=Dictionary(JavaScript=names))
        for where in ("annotation", "page", "field", "outline"):
            yield f"{where}-{name}.pdf", _with_action(where, actions()[name])
    plain = a_pdf(OpenAction=actions()["JavaScript"])
    yield "escaped-name.pdf", plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")
    for name in ("FileAttachment", "RichMedia", "Movie", "Screen", "3D"):
        yield f"annotation-{name}.pdf", _with_annotation(Dictionary(Type=Name.Annot, Subtype=Name(f"/{name}")))
    yield "xfa.pdf", a_pdf(AcroForm=Dictionary(XFA=script, Fields=Array()))
    made = pikepdf.open(io.BytesIO(a_pdf()))
    made.attachments["../../evil.exe"] = b"MZ" + PAYLOAD
    out = io.BytesIO()
    made.save(out)
    yield "attachment.pdf", out.getvalue()
    packed = io.BytesIO()
    pikepdf.open(io.BytesIO(plain)).save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    yield "in-object-stream.pdf", packed.getvalue()


def _with_action(where: str, action: Dictionary) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    at = made.make_indirect(action)
    match where:
        case "annotation":
            link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=at)
            made.pages[0].Annots = Array([made.make_indirect(link)])
        case "page":
            made.pages[0].AA = Dictionary(O=at)
        case "field":
            made.Root.AcroForm = Dictionary(
                Fields=Array([made.make_indirect(Dictionary(FT=Name.Tx, AA=Dictionary(K=at)))])
            )
        case _:
            made.Root.Outlines = Dictionary(First=made.make_indirect(Dictionary(Title=String("x"), A=at)))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _with_annotation(annotation: Dictionary) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.pages[0].Annots = Array([made.make_indirect(annotation)])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _encrypted(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for revision in (2, 3, 4, 6):
        for user in ("", "secret"):
            out = io.BytesIO()
            rights = pikepdf.Encryption(owner="owner", user=user, R=revision, aes=revision >= 4, metadata=revision >= 4)
            pikepdf.open(io.BytesIO(a_pdf())).save(out, encryption=rights)
            yield f"encrypted-{revision}-{user or 'open'}.pdf", out.getvalue()


def _bombs(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    bomb = zeros(260)
    twice = zlib.compress(bomb, 9)
    for name, data, filters in (
        ("bomb", bomb, Name.FlateDecode),
        ("bomb-twice", twice, Array([Name.FlateDecode, Name.FlateDecode])),
        ("bomb-many", zlib.compress(twice), Array([Name.FlateDecode] * 3)),
    ):
        made = pikepdf.new()
        made.add_blank_page()
        stream = made.make_stream(b"")
        stream.write(data, filter=filters)
        made.pages[0].Contents = stream
        out = io.BytesIO()
        made.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
        yield f"{name}.pdf", out.getvalue()
    text = zeros(200)
    png = a_picture("PNG")
    for chunk in (b"zTXt", b"iCCP"):
        body = b"Comment\x00\x00" + text
        yield f"bomb-{chunk.decode()}.png", png[:33] + png_chunk(chunk, body) + png[33:]
    deep = b"%PDF-1.4\n1 0 obj\n" + b"[" * 20_000 + b"]" * 20_000 + b"\nendobj\n"
    yield "deep.pdf", deep
    yield "deep-dictionary.pdf", b"%PDF-1.4\n1 0 obj\n" + b"<</A" * 5_000 + b" 1" + b">>" * 5_000 + b"\nendobj\n"
    yield "too-large.jpg", a_picture() + bytes(15 * 1024 * 1024)
    yield "noise-behind-head.pdf", b"%PDF-1.7\n" + chance.randbytes(300_000)


def _broken(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Bytes changed at random: what still opens must come out as something else."""
    whole = {"pdf": a_pdf(2), "jpg": a_picture(), "png": a_picture("PNG")}
    for kind, content in whole.items():
        for number in range(12):
            changed = bytearray(content)
            for _ in range(2 + number):
                changed[chance.randrange(4, len(changed))] = chance.randrange(256)
            yield f"changed-{number}.{kind}", bytes(changed) + PAYLOAD
