"""Photographs as phones and cameras take them: any size up to 120 megapixels, any way up, HEIC and progressive."""

from __future__ import annotations

import io
import resource
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PIL import Image

from queue_server.domain.errors import FileRefused
from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting import Inspector, pictures
from queue_server.inspecting.refused import Refused
from queue_server.inspecting.space import SPACE

#: Where the four colours are on the upright picture: first row, then second row.
COLOURS = ((255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255))

#: What a camera does to the upright picture before it notes an orientation (EXIF 2.3, tag 274).
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

SIZES = [(4000, 3000), (5712, 4284), (7360, 4912), (8064, 6048), (8191, 6143), (8192, 6144), (12000, 9000)]
PHOTOGRAPHS = [(size, False) for size in SIZES] + [(size, True) for size in ((5712, 4284), (8191, 6143), (12000, 9000))]
PICTURES = Path(__file__).parent / "pictures"


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    made = Inspector()
    yield made
    made.close()


def photograph(
    size: tuple[int, int], *, orientation: int = 1, is_progressive: bool = False, mode: str = "RGB", quality: int = 75
) -> bytes:
    """A picture of four colours that is `size` as it is stored."""
    upright = Image.new("RGB", (2, 2))
    upright.putdata(COLOURS)
    turn = TURNED[orientation]
    stored = (upright if turn is None else upright.transpose(turn)).resize(size, Image.Resampling.NEAREST)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    stored.convert(mode).save(out, "JPEG", quality=quality, exif=exif, progressive=is_progressive)
    return out.getvalue()


async def looked(inspector: Inspector, content: bytes) -> Image.Image:
    """What is kept of the file. Raises `FileRefused`."""

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    async with inspector.inspect(pieces()) as clean:
        return Image.open(io.BytesIO(b"".join([piece async for piece in clean.pieces])))


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The nearest of our colours in the middle of each quarter."""
    plain = image.convert("RGB")
    found = list[tuple[int, ...]]()
    for row, column in ((1, 1), (1, 3), (3, 1), (3, 3)):
        dot = plain.getpixel((plain.width * column // 4, plain.height * row // 4))
        assert isinstance(dot, tuple)
        found.append(min(COLOURS, key=lambda colour: sum(abs(a - b) for a, b in zip(dot, colour, strict=True))))
    return found


@pytest.mark.parametrize(("size", "is_progressive"), PHOTOGRAPHS)
async def test_a_photograph_of_any_size_is_taken_upright(
    inspector: Inspector, size: tuple[int, int], is_progressive: bool
) -> None:
    kept = await looked(inspector, photograph(size, orientation=6, is_progressive=is_progressive))

    assert corners(kept) == list(COLOURS)
    assert kept.width < kept.height
    assert 2048 <= kept.height <= 4096
    assert kept.width / kept.height == pytest.approx(size[1] / size[0], rel=0.001)


@pytest.mark.parametrize("orientation", TURNED)
async def test_each_way_to_hold_a_camera_comes_out_upright(inspector: Inspector, orientation: int) -> None:
    kept = await looked(inspector, photograph((640, 480), orientation=orientation))

    assert corners(kept) == list(COLOURS)
    assert not kept.getexif()


@pytest.mark.parametrize("mode", ["L", "CMYK"])
async def test_a_large_photograph_without_three_colours_is_taken(inspector: Inspector, mode: str) -> None:
    kept = await looked(inspector, photograph((5712, 4284), mode=mode))

    assert kept.size == (4096, 3072)


async def test_more_than_120_megapixels_are_too_many(inspector: Inspector) -> None:
    content = bytearray(photograph((1600, 1200)))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = (12_000).to_bytes(2, "big") + (10_001).to_bytes(2, "big")

    with pytest.raises(FileRefused) as refused:
        await looked(inspector, bytes(content))

    assert refused.value.details["reason"] == Refusal.TOO_MANY_PIXELS


def test_a_picture_that_needs_more_memory_than_there_is_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (SPACE, SPACE))

    with pytest.raises(Refused) as refused:
        pictures.redrawn(photograph((4000, 3000), is_progressive=True), "JPEG")

    assert refused.value.reason == Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize(("size", "is_progressive"), [((5712, 4284), False), ((1600, 1200), True)])
async def test_a_jpeg_that_lacks_its_end_mark_is_taken(
    inspector: Inspector, size: tuple[int, int], is_progressive: bool
) -> None:
    whole = photograph(size, is_progressive=is_progressive)

    assert corners(await looked(inspector, whole[:-2])) == list(COLOURS)


async def test_a_jpeg_that_lacks_half_of_its_end_mark_is_taken(inspector: Inspector) -> None:
    assert corners(await looked(inspector, photograph((640, 480))[:-1])) == list(COLOURS)


@pytest.mark.parametrize("is_progressive", [False, True])
async def test_a_jpeg_that_lacks_a_part_of_its_dots_is_damaged(inspector: Inspector, is_progressive: bool) -> None:
    out = io.BytesIO()
    Image.effect_noise((800, 600), 60).save(out, "JPEG", progressive=is_progressive)
    whole = out.getvalue()

    for share in (0.5, 0.9):
        with pytest.raises(FileRefused) as refused:
            await looked(inspector, whole[: int(len(whole) * share)])
        assert refused.value.details["reason"] == Refusal.BROKEN


@pytest.mark.parametrize(("name", "size"), [("upright", (40, 60)), ("photograph", (3072, 4096))])
async def test_an_iphones_heic_is_taken_upright_as_a_jpeg(
    inspector: Inspector, name: str, size: tuple[int, int]
) -> None:
    # Both were stored on their side by an encoder of the same library: red on the left, blue on the right.
    kept = await looked(inspector, (PICTURES / f"{name}.heic").read_bytes())

    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", size, {})
    top, bottom = (kept.convert("RGB").getpixel((size[0] // 2, size[1] * row // 4)) for row in (1, 3))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] - top[2] > 140
    assert bottom[2] - bottom[0] > 140
