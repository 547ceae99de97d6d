"""A page shows what its template uses: the fields of its dataclass are the template's names, neither more nor fewer."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

import queue_server.app  # noqa: F401  (brings every face, and so every kind of page)
from queue_server.paths import TEMPLATES
from queue_server.web.pages import EveryPage, Page, environment

#: A template that shows all components, for tests alone.
BY_TESTS = {"shared/patterns.html"}


def pages(above: type[Page] = Page) -> Iterator[type[Page]]:
    for kind in above.__subclasses__():
        if kind.__module__.split(".")[0] != "tests":
            yield kind
            yield from pages(kind)


PAGES = sorted(pages(), key=lambda kind: kind.template)
FRAMES = {kind.template: kind for kind in PAGES}
EVERYWHERE = {*environment().globals, *(field.name for field in fields(EveryPage))}


def test_a_page_has_the_fields_that_its_template_uses() -> None:
    given = {kind.template: names(kind) - EVERYWHERE for kind in PAGES}
    wanted = {template: used(template) - around(template) - EVERYWHERE for template in given}

    differ = [(template, given[template] ^ wanted[template]) for template in given]
    assert [one for one in differ if one[1]] == []


def test_every_template_is_shown_by_one_page_or_is_part_of_another() -> None:
    every = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    parts = {name for template in every for name in referred(parsed(template))}

    assert len(FRAMES) == len(PAGES)
    assert every - parts - BY_TESTS == set(FRAMES) - parts


def test_what_a_template_uses_is_found_through_everything_that_it_takes_in() -> None:
    source = """
        {% extends "patients/frame.html" %}{% from "patients/consent.html" import consent with context %}
        {% import "patients/person.html" as fields with context %}{% set own = mine %}
        {% block main %}{{ own }}{{ fields.pin_field() }}
        {% for found in many %}{% include "desk/found.html" %}{% endfor %}{% endblock %}
    """

    assert used_in(environment().parse(source)) - EVERYWHERE == {"mine", "wrong", "many", "text"}


def names(kind: type[Page]) -> set[str]:
    return {field.name for field in fields(kind)}


@cache
def used(template: str, macros: frozenset[str] | None = None) -> set[str]:
    return used_in(parsed(template), macros)


def used_in(tree: nodes.Template, macros: frozenset[str] | None = None) -> set[str]:
    """The names that must be given for the template, or for these macros of it, to be rendered."""
    own = top_level(tree.body)
    if macros is not None:
        tree = only(tree, macros)
    names = find_undeclared_variables(tree) - own
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.Extends):
            names |= used(name_of(node)) - own
        elif isinstance(node, nodes.Include):
            # What is included sees the loops around it, too.
            names |= used(name_of(node)) - own - stored(tree)
        elif isinstance(node, nodes.FromImport):
            names |= used(name_of(node), frozenset(name for name in node.names if isinstance(name, str)))
        elif isinstance(node, nodes.Import):
            names |= used(name_of(node), called(tree, node.target))
    return names


def called(tree: nodes.Template, module: str) -> frozenset[str]:
    """The macros of an imported module that are used."""
    found = tree.find_all(nodes.Getattr)
    return frozenset(each.attr for each in found if isinstance(each.node, nodes.Name) and each.node.name == module)


def only(tree: nodes.Template, macros: frozenset[str]) -> nodes.Template:
    """The template without its other macros; those that these call stay."""
    known = {node.name: node for node in tree.find_all(nodes.Macro)}
    kept, waiting = set[str](), set(known).intersection(macros)
    while waiting:
        kept |= waiting
        waiting = {name.name for macro in waiting for name in known[macro].find_all(nodes.Name)} & set(known) - kept
    left = nodes.Template([node for node in tree.body if not isinstance(node, nodes.Macro) or node.name in kept])
    left.set_environment(environment())
    return left


def top_level(statements: list[nodes.Node]) -> set[str]:
    """What the template itself sets, imports and defines, and so every block of it has. An `if` is no scope."""
    names = set[str]()
    for node in statements:
        if isinstance(node, nodes.Macro):
            names.add(node.name)
        elif isinstance(node, nodes.Import):
            names.add(node.target)
        elif isinstance(node, nodes.FromImport):
            names |= {name if isinstance(name, str) else name[1] for name in node.names}
        elif isinstance(node, nodes.Assign | nodes.AssignBlock):
            names |= stored(node)
        elif isinstance(node, nodes.If):
            names |= top_level([*node.body, *node.elif_, *node.else_])
    return names


def stored(node: nodes.Node) -> set[str]:
    return {name.name for name in node.find_all(nodes.Name) if name.ctx == "store"}


def around(template: str) -> set[str]:
    """What the templates show that it extends, as far as they have a page of their own."""
    extended = [name_of(node) for node in parsed(template).find_all(nodes.Extends)]
    return set[str]().union(*(around(each) | (names(FRAMES[each]) if each in FRAMES else set()) for each in extended))


def referred(tree: nodes.Template) -> set[str]:
    return {name_of(node) for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport))}


def name_of(node: nodes.Node) -> str:
    template = getattr(node, "template")  # noqa: B009
    assert isinstance(template, nodes.Const)
    return str(template.value)


@cache
def parsed(template: str) -> nodes.Template:
    return environment().parse((TEMPLATES / template).read_text())
