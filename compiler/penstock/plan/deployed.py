"""What only the deployment knows becomes ``!Ref`` and ``!Sub``, and the parameters that the template needs for it."""

from collections.abc import Iterator
from typing import Any

from penstock.diagnostics import Diagnostic, Severity
from penstock.model.deployed import MARK, PIECES
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Parameter
from penstock.plan.values import ImportValue, Ref, Select, Split, Sub, Value

CLASH = "VAR006"


def settle(plan: Plan, topology: Topology) -> None:
    """Replace every mark in the plan's resources and outputs, and declare the parameters that were met."""
    met: set[str] = set()
    for resource in plan.resources.values():
        for name, value in resource.properties.items():
            resource.properties[name] = _settled(value, met)
    for output in list(plan.outputs.values()):
        plan.output(output._replace(value=_settled(output.value, met)))
    for name in sorted(met & topology.parameters.keys()):
        own = topology.parameters[name]
        plan.parameter(Parameter(name, "String", own.default, own.description, own.allowed))


def clashes(plan: Plan, topology: Topology) -> Iterator[Diagnostic]:
    """The parameters whose name the template needs for a resource, or for a parameter of its own."""
    for name, own in topology.parameters.items():
        if name in plan.resources or name.removeprefix("PowertoolsPython") != name:
            text = f"parameter {name!r} has the name of something else in the template"
            yield Diagnostic(CLASH, Severity.ERROR, text, Place(own.origin, ()).span(), "give it another name")


def _settled(value: Value, met: set[str]) -> Any:  # noqa: ANN401 - a JSON value with intrinsics
    match value:
        case str() if MARK in value:
            return _intrinsic(value, met)
        case Sub(text, variables):
            return Sub(_named(text, met), tuple((name, _settled(inner, met)) for name, inner in variables))
        case ImportValue(name):
            return ImportValue(_settled(name, met))
        case Select(index, Split(delimiter, text)):
            return Select(index, Split(delimiter, _settled(text, met)))
        case dict():
            return {key: _settled(inner, met) for key, inner in value.items()}
        case list() | tuple():
            return [_settled(inner, met) for inner in value]
        case _:
            return value


def _intrinsic(text: str, met: set[str]) -> Ref | Sub:
    whole = PIECES.fullmatch(text)
    if whole:
        met.add(whole[1])
        return Ref(whole[1])
    return Sub(_named(text.replace("${", "${!"), met))


def _named(text: str, met: set[str]) -> str:
    met.update(match[1] for match in PIECES.finditer(text))
    return PIECES.sub(r"${\1}", text)
