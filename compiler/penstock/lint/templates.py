"""What the rules say of templates.

A number that a template leaves to its deployment is taken once at the one end of its range and once at the other; told is
what is found, word for word, at both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.lint.engine import run
from penstock.lint.rules import homes_for, rules_at
from penstock.lint.template_rules import IN_OTHER_WORDS, TOLD
from penstock.template.build import Drawn, draw
from penstock.template.stacks import TooMuchError, deployments
from penstock.template.values import Items, Map, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from penstock.diagnostics import Diagnostic
    from penstock.template.stacks import Resource, Template, World

_OWN = "template."
_Mark = tuple[str, str, int, int, str]


def find(templates: Sequence[Template], asked: Callable[[str], bool]) -> tuple[Drawn | None, list[Diagnostic]]:
    """What the rules say of templates that belong together, each thing once; and the topology of the usual deployment.

    There is no topology where templates stand for more values than can be looked at.
    """
    first: Drawn | None = None
    found: dict[_Mark, Diagnostic] = {}
    try:
        for world in deployments(list(templates)):
            drawn, findings = _of(world, asked)
            first = first or drawn
            for one in _unaccepted(drawn, findings):
                found.setdefault(_mark(one), one)
    except TooMuchError:
        return None, []
    return first, list(found.values())


def _of(world: World, asked: Callable[[str], bool]) -> tuple[Drawn, Iterable[Diagnostic]]:
    drawn = draw(world)
    findings = list(_told(drawn, asked))
    if not drawn.sampled or not findings:
        return drawn, findings
    others = {_mark(one) for one in _told(draw(world, high=True), asked)}
    return drawn, [one for one in findings if _mark(one) in others]


def _told(drawn: Drawn, asked: Callable[[str], bool]) -> Iterator[Diagnostic]:
    for home in homes_for(drawn, asked):
        if home.startswith(_OWN):
            yield from run(drawn, rules_at([home]))
        elif home in TOLD:
            for one in run(drawn, rules_at([home])):
                yield one._replace(message=_said(one.message), help=TOLD[home], fix=None)


def _said(message: str) -> str:
    for ours, theirs in IN_OTHER_WORDS.items():
        message = message.replace(ours, theirs)
    return message


def _accepted(drawn: Drawn) -> Iterator[tuple[Spot, Collection[str]]]:
    """The resources whose metadata accepts findings, and the codes of these: a mapping of them to reasons, a list, or one.

    What a function accepts is accepted of its asynchronous invocations too, which CloudFormation configures apart from it, and what
    a state machine accepts of its definition, wherever that stands.
    """
    directory, world = drawn.translation.directory, drawn.translation.world
    for resource in world.resources:
        codes = _codes(resource)
        if resource.type == "AWS::Lambda::EventInvokeConfig":
            function = directory.find(resource.properties.get("FunctionName"), "lambda")
            codes |= _codes(function) if function else set()
        if not codes:
            continue
        yield resource.spot, codes
        known = world.definitions.get((resource.stack, resource.id))
        if known is not None and known.said.document is not resource.spot.document:
            document = known.said.document
            yield Spot(document, None, document.root), codes


def _codes(resource: Resource) -> set[str]:
    said = resource.attributes.part("Metadata").part("penstock").get("ignore")
    return {said} if isinstance(said, str) else set(said) if isinstance(said, Map | Items) else set()


def _unaccepted(drawn: Drawn, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    accepted = list(_accepted(drawn))
    return [one for one in findings if not any(one.code in codes and _covers(spot, one) for spot, codes in accepted)]


def _covers(spot: Spot, finding: Diagnostic) -> bool:
    place = spot.document.place(None, spot.node)
    start = place.start if spot.key is None else spot.key.start_mark.index
    return place.source is finding.span.source and start <= finding.span.start < place.end


def _mark(diagnostic: Diagnostic) -> _Mark:
    span = diagnostic.span
    return diagnostic.code, span.source.path, span.start, span.end, diagnostic.message
