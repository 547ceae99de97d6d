#!/usr/bin/env bash
# Two papers of a patient put together in one PDF, for somebody who has it read aloud.
#
# A tagged PDF says what is a heading, a list and a line, and in which language (/StructTreeRoot, /MarkInfo, /Lang).
# Guessed: what adds one document's pages to another carries the tags of these pages over, or says that it cannot.
# Seen (papers by typst 0.15.2, in Hindi): pypdf 7.1.1 (`append`), pypdfium2 5.15.2 (`import_pages`) and pikepdf
# 10.18.0 (`pages.extend` into a new one) leave tags and language out, without a word. Pages that pikepdf adds to a
# tagged document have none either, while the whole goes on being called tagged (/Marked), so that a reader which
# trusts the tags has only the first paper. What readers make of that was not tried.
# So put papers together before they are a PDF, or hand them over one by one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.2 pypdf==7.1.1 \
  pypdfium2==5.15.2 pikepdf==10.18.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import io
from importlib.metadata import version
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import typst

print({name: version(name) for name in ("typst", "pypdf", "pypdfium2", "pikepdf")})
Path("paper.typ").write_text('#set text(lang: "hi")\n#set document(title: "Visit")\n= Visit\nRoom 3\n')
PAPER = typst.compile("paper.typ")


def by_pypdf() -> bytes:
    writer, file = pypdf.PdfWriter(), io.BytesIO()
    for _ in range(2):
        writer.append(io.BytesIO(PAPER))
    writer.write(file)
    return file.getvalue()


def by_pypdfium2() -> bytes:
    both, file = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(2):
        both.import_pages(pypdfium2.PdfDocument(PAPER))
    both.save(file)
    return file.getvalue()


def by_pikepdf(both: pikepdf.Pdf, papers: int) -> bytes:
    sources, file = [pikepdf.open(io.BytesIO(PAPER)) for _ in range(papers)], io.BytesIO()
    for source in sources:
        both.pages.extend(source.pages)
    both.save(file)
    return file.getvalue()


def tags(data: bytes) -> tuple[int, bool, str | None, int]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.Root
        tree = root.get("/StructTreeRoot")
        leaves = len(tree.ParentTree.Nums) // 2 if tree is not None else 0
        return len(pdf.pages), "/MarkInfo" in root, str(root.Lang) if "/Lang" in root else None, leaves


one = tags(PAPER)
print("one paper (pages, marked, language, pages in the tree):", one)
assert one == (1, True, "hi", 1)
merged = {"pypdf": by_pypdf(), "pypdfium2": by_pypdfium2()}
merged["pikepdf"] = by_pikepdf(pikepdf.new(), 2)
for name, data in merged.items():
    print(name, tags(data))
    assert tags(data) == (2, False, None, 0)
added = tags(by_pikepdf(pikepdf.open(io.BytesIO(PAPER)), 1))
print("pikepdf, added to the first:", added)
assert added == (2, True, "hi", 1)
PYTHON
