"""How Sphinx makes a site of the documents: scripts/docs calls it. The source is the whole project, of which only the
documents are read, so that a link leads to the same place in the site, in a checkout and on GitHub."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

project = "Smart Queue"
release = version = _PROJECT["version"]
html_title = f"Smart Queue {version}"
language = "en"

extensions = ["myst_parser"]
# As GitHub makes them.
myst_heading_anchors = 4
root_doc = "docs/site/contents"
include_patterns = ["README.md", "CHANGELOG.md", "deploy/README.md", "docs/**"]
# Not looked through: there is much in them, and no document.
exclude_patterns = ["[!CRd]*", "display", "doctor_console"]

templates_path = ["templates"]
html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_css_files = ["site.css"]
html_static_path = ["static"]
# Every page holds this list, so decisions are on a page of their own; tests/test_links.py finds what nothing leads to.
suppress_warnings = ["toc.not_included"]
html_use_index = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
# The first page lies beside the folder `docs`, where whoever opens the folder looks for it.
html_additional_pages = {"index": "first.html"}
