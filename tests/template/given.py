"""Templates as texts, and what becomes of them."""

from pathlib import Path
from textwrap import dedent

from penstock.diagnostics import Diagnostic
from penstock.lint.templates import find
from penstock.source.text import Source
from penstock.template.build import Drawn, draw
from penstock.template.stacks import Template, World, deployments, of_source


def template(text: str, path: str = "template.yaml") -> Template:
    """The template of a text that is one."""
    found, faults = of_source(Path(path), Source(path, dedent(text)))
    assert faults == []
    assert found is not None
    return found


def worlds(*texts: str) -> list[World]:
    """The deployments of some templates."""
    return list(deployments([template(text, f"{number}.yaml") for number, text in enumerate(texts)]))


def drawn(*texts: str) -> Drawn:
    """The topology of their usual deployment."""
    return draw(worlds(*texts)[0])


def findings(*texts: str) -> list[Diagnostic]:
    """What the rules say of them, in order of place."""
    _, found = find([template(text, f"{number}.yaml") for number, text in enumerate(texts)], lambda _: False)
    return sorted(found, key=lambda one: (one.span.source.path, one.span.start, one.code))


def advice(*texts: str) -> list[str]:
    """The codes of all that the rules say of them to those who ask for advice too."""
    _, found = find([template(text, f"{number}.yaml") for number, text in enumerate(texts)], lambda _: True)
    return [one.code for one in found]


def codes(*texts: str) -> list[str]:
    """The codes of that."""
    return [one.code for one in findings(*texts)]
