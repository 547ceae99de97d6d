"""Drawing a layout: black and white dots, nothing between."""

from PIL import Image, ImageDraw

from kiosk.bidi import isolated
from kiosk.printing.layout import Block, Code, Layout, Line, Picture

BLACK, WHITE = 0, 255
#: Grey darker than this becomes a dot. Above the middle, because a thermal head thins fine strokes.
INK_BELOW = 150


def draw(layout: Layout) -> Image.Image:
    """The slip as a picture of mode "1", one pixel a dot; the same layout always gives the same picture."""
    picture = Image.new("L", (layout.width, layout.height), WHITE)
    pen = ImageDraw.Draw(picture)
    for item in layout.items:
        match item:
            case Line():
                fill = WHITE if item.is_white else BLACK
                place, typeface = (item.x, item.baseline), item.typeface
                pen.text(place, isolated(item.text), fill, font=typeface.font, anchor="ls", language=typeface.language)
            case Block():
                pen.rectangle((item.x, item.y, item.x + item.width - 1, item.y + item.height - 1), fill=BLACK)
            case Code():
                _draw_code(pen, item)
            case Picture():
                picture.paste(item.dots, (item.x, item.y))
    return picture.point([BLACK if grey < INK_BELOW else WHITE for grey in range(256)], mode="1")


def _draw_code(pen: ImageDraw.ImageDraw, code: Code) -> None:
    for row, modules in enumerate(code.matrix):
        for column, is_dark in enumerate(modules):
            if is_dark:
                x, y = code.x + column * code.module, code.y + row * code.module
                pen.rectangle((x, y, x + code.module - 1, y + code.module - 1), fill=BLACK)
