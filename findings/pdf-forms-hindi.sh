#!/usr/bin/env bash
# An insurer's form (AcroForm) that is filled in with a name in Hindi by two libraries, and what is seen of it.
#
# A field has a value, and beside it a drawing of that value, which viewers show; the field's font is Helvetica.
# Guessed: letters that the font has not are refused, or drawn with another font.
# Seen: pikepdf 10.18.0, by both of its generators, draws "??????? ???" and says nothing; pypdf 7.1.1 draws the same
# beside a line in its log. With `auto_regenerate`, its default, pypdf leaves the drawing to the viewer, and PDFium,
# which Chromium has, shows an empty field. The value is the name in all of them, so a program that reads the form
# finds no fault; a person at the insurer's reads question marks.
# So draw the name into the form with a font of the script.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypdf==7.1.1 pikepdf==10.18.0 \
  reportlab==5.1.0 pypdfium2==5.15.2 pillow==13.0.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import io
import logging
from importlib.metadata import version
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
from pikepdf.form import DefaultAppearanceStreamGenerator, ExtendedAppearanceStreamGenerator, Form
from reportlab.pdfgen.canvas import Canvas

logging.getLogger("pypdf").setLevel(logging.ERROR)
print({name: version(name) for name in ("pypdf", "pikepdf", "pypdfium2")})
canvas = Canvas("form.pdf", pagesize=(300, 100))
canvas.drawString(20, 80, "Name")
canvas.acroForm.textfield(name="name", x=20, y=40, width=250, height=30, fontSize=14)
canvas.save()
NAME = "लक्ष्मी राव"


def by_pypdf(auto_regenerate: bool) -> bytes:
    writer, file = pypdf.PdfWriter(clone_from="form.pdf"), io.BytesIO()
    writer.update_page_form_field_values(writer.pages[0], {"name": NAME}, auto_regenerate=auto_regenerate)
    writer.write(file)
    return file.getvalue()


def by_pikepdf(generator: type) -> bytes:
    file = io.BytesIO()
    with pikepdf.open("form.pdf") as pdf:
        Form(pdf, generator)["name"].value = NAME
        pdf.save(file)
    return file.getvalue()


def drawn(data: bytes) -> str:
    """What the field's drawing shows, as the reader in Chromium reads it."""
    (annotation,) = pypdf.PdfReader(io.BytesIO(data)).pages[0]["/Annots"]
    assert annotation.get_object()["/V"] == NAME
    stamped = pypdfium2.PdfDocument(data)
    stamped.init_forms()
    stamped[0].flatten()
    return stamped[0].get_textpage().get_text_range().removeprefix("Name").strip()


seen = {
    "pikepdf": drawn(by_pikepdf(DefaultAppearanceStreamGenerator)),
    "pikepdf, extended": drawn(by_pikepdf(ExtendedAppearanceStreamGenerator)),
    "pypdf": drawn(by_pypdf(auto_regenerate=False)),
}
print(seen)
field = pypdfium2.PdfDocument(by_pypdf(auto_regenerate=True))
field.init_forms()
shades = field[0].render(may_draw_forms=True).to_pil().convert("L").crop((30, 35, 250, 55)).getextrema()
print("pypdf's default, grey inside of the field as PDFium draws it:", shades)
assert shades[0] > 150, "something was drawn"
assert seen["pikepdf"] == seen["pikepdf, extended"] == seen["pypdf"] == "??????? ???"
PYTHON
