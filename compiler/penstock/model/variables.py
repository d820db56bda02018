"""Variables in texts: ``${env}``, ``${account}``, ``${region}``, ``${topology}`` and ``${param.Name}``; ``$${`` is a plain ``${``.

What is known is written out. What only the deployment knows (a parameter, and an account or a region that the environment does not
state) becomes a mark that the lowering makes into ``!Ref`` or ``!Sub``; it may stand only where the schema says ``x-deployed``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from penstock.diagnostics import Diagnostic, Severity
from penstock.model.deployed import MARK, PIECES, is_list, mark
from penstock.records import NamedTuple
from penstock.schema.definitions import described
from penstock.schema.wording import subject
from penstock.source.text import Span

if TYPE_CHECKING:
    from penstock.source.document import Document
    from penstock.source.yaml import Route

UNKNOWN = "VAR001"
NO_VALUE = "VAR002"
UNUSED = "VAR003"
NO_ENVIRONMENT = "VAR004"
IMPOSSIBLE = "VAR005"
MISPLACED = "VAR007"

_VARIABLE = re.compile(r"\$?\$\{([^{}]*)\}")
_ASIDE = frozenset({"environments", "parameters"})
_PSEUDO = {"account": "AWS::AccountId", "region": "AWS::Region"}
_FORMS = {
    "Number": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "AWS::EC2::SecurityGroup::Id": "sg-[0-9a-f]{8,17}",
    "AWS::EC2::Subnet::Id": "subnet-[0-9a-f]{8,17}",
    "List<AWS::EC2::SecurityGroup::Id>": " *sg-[0-9a-f]{8,17} *",
    "List<AWS::EC2::Subnet::Id>": " *subnet-[0-9a-f]{8,17} *",
}
"""What a value of a type, or an item of one, looks like; of all other types it is any text."""
_SAMPLES = {"AWS::AccountId": "111122223333", "AWS::Region": "eu-central-1"}
"""Values like those that only the deployment knows, which the schema can look at."""


class Written(NamedTuple):
    """Data with its variables written out: as it is compiled and as the schema can check it; the variables that it had, and the faults."""

    data: Any
    sample: Any
    met: frozenset[str]
    faults: list[Diagnostic]


def write_out(document: "Document", environment: str | None) -> Written:
    """Replace the variables of a document to which the overlay of its environment has been applied."""
    if not document.mentions("${"):
        return Written(document.data, document.data, frozenset(), [])
    writer = _Writer(document, environment)
    sample, data = writer.both(document.data, ())
    return Written(data, sample, frozenset(writer.met), writer.faults)


def impossible(document: "Document") -> Iterator[Diagnostic]:
    """The parameters with a default that they may not have."""
    for name, own in _mapping(document.data.get("parameters")).items():
        default, allowed = _mapping(own).get("default"), _mapping(own).get("allowed")
        if not isinstance(default, str):
            continue
        type_ = str(_mapping(own).get("type", "String"))
        items = default.split(",") if is_list(type_) and "Value<" not in type_ else [default]
        span = document.value(("parameters", name, "default"))
        if isinstance(allowed, list) and any(item not in allowed for item in items):
            text = f"the default of parameter {name!r} is not among the values that it may have"
            yield Diagnostic(IMPOSSIBLE, Severity.ERROR, text, span, f"allowed are {', '.join(map(str, allowed))}")
        elif any(not re.fullmatch(_FORMS[type_], item) for item in items if type_ in _FORMS):
            text = f"the default of parameter {name!r} is {default!r}, and CloudFormation takes none such for the type {type_}"
            yield Diagnostic(
                IMPOSSIBLE, Severity.ERROR, text, span, "correct `default` or `type`, or leave `default` out"
            )


def unused(document: "Document", met: frozenset[str]) -> Iterator[Diagnostic]:
    """The parameters that nothing refers to."""
    for name in _mapping(document.data.get("parameters")):
        if f"param.{name}" not in met:
            text = f"no text refers to parameter {name!r}: it does not get into the template"
            span = document.key(("parameters", name)) or document.entry(("parameters", name))
            yield Diagnostic(UNUSED, Severity.WARNING, text, span, f"write ${{param.{name}}} where its value belongs")


class _Writer:
    def __init__(self, document: "Document", environment: str | None) -> None:
        self._document = document
        self._environment = environment
        data = document.data
        own = _mapping(_mapping(data.get("environments")).get(environment))
        known = {
            "topology": data.get("name"),
            "env": environment,
            "account": own.get("account"),
            "region": own.get("region"),
        }
        self._known = {name: value for name, value in known.items() if isinstance(value, str)}
        self._parameters = _mapping(data.get("parameters"))
        self.met: set[str] = set()
        self.faults: list[Diagnostic] = []

    def both(self, value: Any, route: "Route") -> tuple[Any, Any]:  # noqa: ANN401 - the data of a document
        """A value as the schema can check it, and as it is compiled; the value itself where it holds no variable."""
        if isinstance(value, str):
            return self._text(value, route) if "${" in value else (value, value)
        if isinstance(value, dict):
            pairs = {
                key: (inner, inner) if _is_aside((*route, key)) else self.both(inner, (*route, key))
                for key, inner in value.items()
            }
            return {key: pair[0] for key, pair in pairs.items()}, {key: pair[1] for key, pair in pairs.items()}
        if isinstance(value, list):
            items = [self.both(inner, (*route, number)) for number, inner in enumerate(value)]
            return [item[0] for item in items], [item[1] for item in items]
        return value, value

    def _text(self, text: str, route: "Route") -> tuple[str, str]:
        faults = len(self.faults)
        later: list[str] = []
        data = _VARIABLE.sub(lambda match: self._value(match, route, later), text)
        node = described(self._document.data, route) or {}
        if later and not node.get("x-deployed") and len(self.faults) == faults:
            self._too_late(route, later[0])
        if len(self.faults) == faults:
            self._lists(data, node, route)
        if not later and len(self.faults) == faults:
            return data, data
        sample = PIECES.sub(lambda match: self._like(match[1]), data)
        if len(self.faults) > faults or MARK in sample:
            sample = (node.get("examples") or [sample])[0]
        return sample, data

    def _like(self, name: str) -> str:
        """A value like the one that the deployment will give; a mark where there is none."""
        if "::" in name:
            return _SAMPLES[name]
        own = _mapping(self._parameters.get(name))
        default, type_ = own.get("default"), str(own.get("type", "String"))
        return default if isinstance(default, str) and "Value<" not in type_ and not is_list(type_) else MARK

    def _value(self, match: re.Match[str], route: "Route", later: list[str]) -> str:
        """What a variable stands for. One that only the deployment knows is put on the list."""
        if match[0].startswith("$$"):
            return match[0][1:]
        name = match[1].strip()
        self.met.add(name)
        if name in self._known:
            return self._known[name]
        parameter = name.removeprefix("param.")
        if name in _PSEUDO or (parameter != name and parameter in self._parameters):
            later.append(match[0])
            return mark(_PSEUDO.get(name, parameter))
        self.faults.append(self._unknown(name, match[0], route))
        return match[0]

    def _unknown(self, name: str, text: str, route: "Route") -> Diagnostic:
        if name == "env":
            help_ = "choose one with `--env`" if self._document.data.get("environments") else "write `environments:`"
            return self._fault(
                NO_ENVIRONMENT, f"{text} has no value where no environment is chosen", route, text, help_
            )
        from difflib import get_close_matches  # variables are rarely wrong

        kind, dot, own = name.rpartition(".")
        possible = list(self._parameters) if kind == "param" else ["env", "account", "region", "topology"]
        near = get_close_matches(own, possible, n=1)
        if near:
            help_ = f"did you mean ${{{kind}{dot}{near[0]}}}?"
        elif kind == "param":
            help_ = f"declare it: `parameters: {{{name.removeprefix('param.')}: {{default: ...}}}}`"
        else:
            help_ = f"there are {', '.join(possible)} and param.Name; a plain ${{ is written $${{"
        return self._fault(UNKNOWN, f"there is no variable {text}", route, text, help_)

    def _too_late(self, route: "Route", text: str) -> None:
        message = (
            f"{subject(route)} is needed when the topology is compiled, but {text} is known only when it is deployed"
        )
        name = text.strip("${}")
        help_ = "write the value itself, or let the overlays of `environments` tell it apart"
        if name in _PSEUDO:
            help_ = f"choose an environment that states its `{name}`"
        self.faults.append(self._fault(NO_VALUE, message, route, text, help_))

    def _lists(self, data: str, node: Mapping[str, Any], route: "Route") -> None:
        """A parameter that is a list can stand for a whole list, and in no text."""
        for name in PIECES.findall(data):
            type_ = str(_mapping(self._parameters.get(name)).get("type", "String"))
            if not is_list(type_):
                continue
            alone = data == mark(name) and self._alone(route)
            if not (alone and node.get("x-deployed") == "list"):
                message = f"{subject(route)} is one text, but parameter {name!r} is a list ({type_})"
                help_ = (
                    "let the parameter be the only item: it stands for all of them"
                    if node.get("x-deployed") == "list"
                    else "give the parameter another `type`, such as String"
                )
                self.faults.append(self._fault(MISPLACED, message, route, f"${{param.{name}}}", help_))

    def _alone(self, route: "Route") -> bool:
        around: Any = self._document.data
        for step in route[:-1]:
            around = around[step]
        return isinstance(around, list) and len(around) == 1

    def _fault(self, code: str, message: str, route: "Route", text: str, help_: str) -> Diagnostic:
        return Diagnostic(code, Severity.ERROR, message, _inside(self._document.value(route), text), help_)


def _is_aside(route: "Route") -> bool:
    """Whether this is what has variables of its own, or none: overlays, parameters, and the schemas of messages."""
    return route[0] in _ASIDE or (route[0] == "messages" and route[2:] == ("schema",))


def _inside(span: Span, text: str) -> Span:
    """The piece of a value that is the variable."""
    at = span.text.find(text)
    return span if at < 0 else Span(span.source, span.start + at, span.start + at + len(text))


def _mapping(value: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - the data of a document
    return value if isinstance(value, Mapping) else {}
