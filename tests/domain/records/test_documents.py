"""What a file may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.records.documents import ENDINGS, LONGEST_FILE_NAME, file_name

ANY_TYPE = st.sampled_from(sorted(ENDINGS))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Blood test.pdf", "Blood test.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\scan.PDF", "scan.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ("खून की जाँच.pdf", "खून की जाँच.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ('a"b;c\r\nd.pdf', "a b c d.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("نتيجة.pdf", "نتيجة.pdf"),
    ],
)
def test_a_name_is_kept_in_any_script_and_loses_what_could_mislead(typed: str, kept: str) -> None:
    assert file_name(typed, "application/pdf") == kept


@given(st.text(max_size=300), ANY_TYPE)
def test_every_name_can_be_a_file_anywhere(typed: str, media_type: str) -> None:
    name = file_name(typed, media_type)

    assert name.endswith(ENDINGS[media_type])
    assert 0 < len(name.removesuffix(ENDINGS[media_type])) <= LONGEST_FILE_NAME
    assert not set(name) & set('<>:"/\\|?*;%\0\r\n\t')
    assert name == name.strip(" .")
    assert file_name(name, media_type) == name
