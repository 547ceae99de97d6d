"""The project speaks the terms of its field, in one style; see docs/decisions on words."""

import ast
import itertools
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CODE = (".py", ".js", ".html", ".css")
HISTORY = ("CHANGELOG.md", "docs/decisions/", "findings/", "tests/test_words.py")

#: What is said instead, by what is not said: in code, comments, tests and documents.
IN_CODE = {
    r"(?i)\b(en|de)cipher": "encrypted, decrypted",
    r"(?i)\b\d+ signs\b|\bprintable signs\b|\bfor sign in\b": "characters",
    r"(?i)(\b|_)let(s|ting)?[ _]go(\b|_)": "purge, delete, close",
    r"(?i)(?<!on the )(\b|(?<=_))walls?(\b|(?=_))(?![ -]clock)": "display",
    r"(?i)(?<=[.\"'])story\b|\btoken's (whole )?story\b": "history",
    r"(?i)\bkeys? of (the|a|each|every) press\b": "idempotency key",
    r"(?i)\bnursery\b": "fork server",
}
#: The same for what people read on pages.
ON_PAGES = {
    r"\b[Tt]ak(e|en) back\b|\b[Tt]aken back\b": "undo",
    r"\blet go\b|\bgoes by itself\b|\bfor good\b|\bfor ever\b": "delete permanently, delete automatically",
    r"\b[Pp]resent (PIN|password)\b": "current",
    r"\b[Pp]romise": "estimate",
    r"\bwalls?\b": "display",
    r"\b(used up|too old)\b": "already used, expired",
    r"\bagreed on\b": "configured",
    r"^This is no \b": "This is not a …",
    r"\bstory\b|\b[Ll]ooks\b|\b[Ll]ooked at\b": "history, access log, opened",
    r"\bnot needed\b|\bbelong together\b|\blink is over\b": "optional, wrong, expired",
    r"\b[Gg]iven? (it )?up\b|^Give a new\b|^Lasted$|^Not said$": "cancel, failed, set, duration, not stated",
}
#: A module, or what stands in it, as docstrings name it: from the root, or from a package of the server.
NAMED = re.compile(r"`((queue_server|kiosk|display|doctor_console|domain|services|storage|live|web)(\.\w+)+)`")
SECTION = re.compile(r"^\s*(Args|Arguments|Attributes|Raises|Returns|Yields):\s*$", re.M)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of every tracked file that is code, a page or a document, but for the record of what was."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("This is not a checkout, so nothing tells which files belong to the project.")
    names = [name for name in listed.split("\0") if name.endswith((*CODE, ".md")) and not name.startswith(HISTORY)]
    return {name: (ROOT / name).read_text() for name in names if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def trees(texts: dict[str, str]) -> dict[str, ast.Module]:
    """The syntax tree of every module."""
    return {name: ast.parse(text) for name, text in texts.items() if name.endswith(".py")}


@pytest.mark.parametrize("old", IN_CODE)
def test_code_and_documents_use_the_terms_of_the_field(texts: dict[str, str], old: str) -> None:
    pattern = re.compile(old)

    found = [f"{name}: {match[0]}" for name, text in texts.items() for match in pattern.finditer(text)]

    assert not found, f"say: {IN_CODE[old]}"


@pytest.mark.parametrize("old", ON_PAGES)
def test_pages_say_what_a_nurse_would_say(old: str) -> None:
    with (ROOT / "queue_server/locale/hi/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [message.id for message in read_po(file) if message.id]

    said = [one for text in messages for one in ([text] if isinstance(text, str) else text)]

    assert len(said) > 1000
    assert not [one for one in said if re.search(old, one)], f"say: {ON_PAGES[old]}"


def test_docstrings_are_sentences_without_sections(trees: dict[str, ast.Module]) -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [
        (f"{name}:{node.body[0].lineno}", ast.get_docstring(node) or "")
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body
    ]

    assert not [where for where, text in docstrings if SECTION.search(text) or "``" in text]


def test_the_comment_of_a_constant_or_field_stands_above_it(trees: dict[str, ast.Module]) -> None:
    bodies = [
        (name, node.body)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef)
    ]

    below = [
        f"{name}:{text.lineno}"
        for name, body in bodies
        for constant, text in itertools.pairwise(body)
        if isinstance(constant, ast.Assign | ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    ]

    assert not below


def test_an_error_is_named_for_what_is_wrong(trees: dict[str, ast.Module]) -> None:
    classes = [
        (name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]

    ending = [f"{name}: {node.name}" for name, node in classes if re.search(r"(Error|Exception)$", node.name)]

    assert [one.rsplit(" ", 1)[1] for one in ending] == ["QueueError"], "only the root of the tree ends so"


def test_what_a_docstring_names_is_there(trees: dict[str, ast.Module], texts: dict[str, str]) -> None:
    roots = ("queue_server", "kiosk", "display", "doctor_console")
    named = {(name, match[1], match[2]) for name in trees for match in NAMED.finditer(texts[name])}
    paths = {(name, path if root in roots else f"queue_server.{path}") for name, path, root in named}

    assert not [f"{name}: {path}" for name, path in paths if not _is_there(path)]


def _is_there(path: str) -> bool:
    try:
        return pkgutil.resolve_name(path) is not None
    except (ImportError, AttributeError):
        return False
