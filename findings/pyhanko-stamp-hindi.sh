#!/usr/bin/env bash
# The visible signature of a doctor whose certificate has a name in Hindi, made by pyHanko.
#
# Guessed: a font that has not these letters makes the text refused, or drawn as boxes.
# Seen (pyHanko 0.38.0): the default font (Courier) is given the two bytes of each letter as two letters of its own, so
# that "परीक्षा" is drawn as "þÿ * 0 @ M 7 >". Nothing is raised; the name inside of the signature is right, as poppler's
# pdfsig prints it. What a patient sees on the paper is no name.
# So give the stamp a font of the script (`GlyphAccumulatorFactory` of `pyhanko.pdf_utils.font.opentype`).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyHanko==0.38.0 reportlab==5.1.0 pypdfium2==5.15.2 \
  cryptography==50.0.2
cd "$folder"
venv/bin/python - <<'PYTHON'
import io
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pypdfium2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.stamp import TextStampStyle
from reportlab.pdfgen.canvas import Canvas

print("pyHanko", version("pyHanko"))


def signed(name: str) -> bytes:
    """A page with a visible signature by somebody of this name."""
    key, today = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 7, today, today + timedelta(days=9))
    usage = x509.KeyUsage(True, True, *[False] * 7)
    certificate = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    Path("key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    Path("certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.showPage()
    canvas.save()
    writer = IncrementalPdfFileWriter(io.BytesIO(page.getvalue()))
    fields.append_signature_field(writer, fields.SigFieldSpec("Doctor", box=(50, 650, 500, 800)))
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Doctor"),
        signer=signers.SimpleSigner.load("key.pem", "certificate.pem"),
        stamp_style=TextStampStyle(stamp_text="%(signer)s"),
    )
    return signer.sign_pdf(writer).getvalue()


def seen(pdf: bytes) -> str:
    """What stands on the page with the signature drawn into it."""
    document = pypdfium2.PdfDocument(pdf)
    pypdfium2.raw.FPDFPage_Flatten(document[0], pypdfium2.raw.FLAT_NORMALDISPLAY)
    return document[0].get_textpage().get_text_range().strip()


for name in ("A. Example", "परीक्षा"):
    pdf = signed(name)
    text = seen(pdf)
    inside = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0].signer_cert.subject.native["common_name"]
    print(f"{inside}: {text!r}")
    assert inside == name
    assert text == (name if name.isascii() else "þÿ" + name.encode("utf-16-be").decode("latin-1"))
PYTHON
