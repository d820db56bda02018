"""One resource of the CloudFormation to be."""

from collections.abc import Mapping

from penstock.model.component import Absent
from penstock.model.origin import Place
from penstock.plan.values import Value
from penstock.records import NamedTuple, field, value

PACKAGED: dict[str, Value] = {"cfn-lint": {"config": {"ignore_checks": ["W3002"]}}}
"""The metadata of a template with local paths: cfn-lint warns of them, and ``aws cloudformation package`` puts them into a bucket."""

COMPUTED: dict[str, Value] = {"cfn-lint": {"config": {"ignore_checks": ["E3601", "W3002"]}}}
"""That of a template with timeouts that a state machine computes, too: cfn-lint takes only numbers for them."""


@value
class Resource:
    """A resource with its logical id, and the place in the input that asked for it.

    ``retain`` keeps the resource when the stack lets go of it: for what holds messages or state. ``accepted`` are the codes of what the
    linter would say of it and the topology accepts, each with the reason.
    """

    id: str
    type: str
    properties: dict[str, Value]
    cause: Place = field(repr=False)
    retain: bool = False
    depends_on: tuple[str, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Value]:
        """The resource as the template says it; properties that are ``None`` are left out."""
        body: dict[str, Value] = {"Type": self.type}
        if self.accepted:
            body["Metadata"] = {"penstock": {"ignore": dict(self.accepted)}}
        if self.depends_on:
            body["DependsOn"] = list(self.depends_on)
        if self.retain:
            body |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        properties = {name: value for name, value in self.properties.items() if value is not None}
        return body | ({"Properties": properties} if properties else {})


def accepted(safeguard: object, *codes: str) -> dict[str, str]:
    """What the linter need not say of a resource, because a safeguard is left out on purpose."""
    return dict.fromkeys(codes, safeguard.reason) if isinstance(safeguard, Absent) else {}


class Parameter(NamedTuple):
    """A parameter of the template; without a default each deployment must give a value, and ``allowed`` are the ones it may give.

    CloudFormation does not show the value of a ``secret`` one.
    """

    id: str
    type: str
    default: str | None
    description: str | None
    allowed: tuple[str, ...] = ()
    secret: bool = False

    def body(self) -> dict[str, Value]:
        """The parameter as the template says it."""
        body = {
            "Type": self.type,
            "NoEcho": True if self.secret else None,
            "Default": self.default,
            "AllowedValues": list(self.allowed) or None,
            "Description": self.description,
        }
        return {name: value for name, value in body.items() if value is not None}


class Output(NamedTuple):
    """An output of the template; with ``export`` other stacks of the account and region can import it by that name."""

    id: str
    value: Value
    description: str
    export: str | None = None

    def body(self) -> dict[str, Value]:
        """The output as the template says it."""
        body = {"Description": self.description, "Value": self.value}
        return body | ({"Export": {"Name": self.export}} if self.export else {})


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]] | None:
    """Tags in the form that most resource types take, or ``None`` where there are none."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())] or None
