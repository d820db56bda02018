"""What only the deployment knows becomes ``!Ref`` and ``!Sub``, and the parameters that the template needs for it."""

from collections.abc import Iterator
from typing import Any

from penstock.diagnostics import Diagnostic, Severity
from penstock.model.deployed import MARK, PIECES, is_list
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Parameter
from penstock.plan.values import ImportValue, Ref, Select, Split, Sub, Value

CLASH = "VAR006"
RELEASE = "Release"
"""The parameter that names what is deployed: another one publishes another version of each function that is kept warm."""


def settle(plan: Plan, topology: Topology) -> None:
    """Replace every mark in the plan's resources and outputs, and declare the parameters that were met."""
    settling = _Settling(topology)
    for resource in plan.resources.values():
        for name, value in resource.properties.items():
            resource.properties[name] = settling.settled(value)
    for output in list(plan.outputs.values()):
        plan.output(output._replace(value=settling.settled(output.value)))
    for name in sorted(settling.met & topology.parameters.keys()):
        own = topology.parameters[name]
        plan.parameter(Parameter(name, own.type, own.default, own.description, own.allowed, own.secret))


def clashes(plan: Plan, topology: Topology) -> Iterator[Diagnostic]:
    """The parameters whose name the template needs for a resource, or for a parameter of its own."""
    versions = any(resource.type == "AWS::Lambda::Version" for resource in plan.resources.values())
    for name, own in topology.parameters.items():
        taken = name in plan.resources or name.startswith("PowertoolsPython") or (versions and name == RELEASE)
        if taken:
            text = f"parameter {name!r} has the name of something else in the template"
            yield Diagnostic(CLASH, Severity.ERROR, text, own.at().span(), "give it another name")


class _Settling:
    """What becomes of the marks; ``met`` are the names in those that were found."""

    def __init__(self, topology: Topology) -> None:
        self.met: set[str] = set()
        self._lists = {name for name, own in topology.parameters.items() if is_list(own.type)}

    def settled(self, value: Value) -> Any:  # noqa: ANN401 - a JSON value with intrinsics
        """A value without marks."""
        match value:
            case str() if MARK in value:
                return self._intrinsic(value)
            case Sub(text, variables):
                return Sub(self._named(text), tuple((name, self.settled(inner)) for name, inner in variables))
            case ImportValue(name):
                return ImportValue(self.settled(name))
            case Select(index, Split(delimiter, text)):
                return Select(index, Split(delimiter, self.settled(text)))
            case dict():
                return {key: self.settled(inner) for key, inner in value.items()}
            case list() | tuple():
                return self._list([self.settled(inner) for inner in value])
            case _:
                return value

    def _list(self, items: list[Value]) -> Any:  # noqa: ANN401 - as above
        """A parameter that is a list is the whole list: it stands nowhere else than alone."""
        match items:
            case [Ref(name) as whole] if name in self._lists:
                return whole
            case _:
                return items

    def _intrinsic(self, text: str) -> Ref | Sub:
        whole = PIECES.fullmatch(text)
        if whole:
            self.met.add(whole[1])
            return Ref(whole[1])
        return Sub(self._named(text.replace("${", "${!")))

    def _named(self, text: str) -> str:
        self.met.update(match[1] for match in PIECES.finditer(text))
        return PIECES.sub(r"${\1}", text)
