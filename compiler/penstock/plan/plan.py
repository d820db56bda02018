"""The plan: the CloudFormation to be, as values that the emitters and the tests read."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from penstock.model.component import Component
from penstock.model.origin import Place
from penstock.plan.layer import Home, Layer
from penstock.plan.resource import Output, Parameter, Resource
from penstock.plan.statement import Grant, Holder, Statement

_AT_WORK = frozenset({"AWS::CloudWatch::Alarm"})
"""What names channels of all groups, though it belongs to one: an alarm tells a topic."""
_NOTHING = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
"""What costs nothing and does nothing: CloudFormation refuses a template without resources."""


class Plan:
    """Resources by logical id, and the grants from which the policies are made once all hops have spoken.

    ``speaker`` is to whom what is added belongs, and ``homes`` remember it.
    """

    def __init__(self, description: str, sources: str = ".") -> None:
        """Start an empty plan; ``description`` becomes the template's, and ``sources`` is the topology's folder as seen from that."""
        self.description = description
        self.sources = sources
        self.resources: dict[str, Resource] = {}
        self.parameters: dict[str, Parameter] = {}
        self.outputs: dict[str, Output] = {}
        self._grants: dict[tuple[Holder, str, str], Grant] = {}
        self.left: dict[str, Component] = {}
        self.metadata: dict[str, Any] = {}
        self.notes: dict[str, None] = {}
        self.environment: dict[str, dict[str, Any]] = defaultdict(dict)
        self.speaker: Home | None = None
        self.homes: dict[str, Home] = {}

    def add(self, resource: Resource) -> Resource:
        """Take a resource in. Two resources with one id are a fault of the compiler, never of the input."""
        if resource.id in self.resources:
            message = f"two resources have the logical id {resource.id}"
            raise ValueError(message)
        self.resources[resource.id] = resource
        if self.speaker and self.speaker.layer is not Layer.ROOT:
            at_work = resource.type in _AT_WORK
            layer = max(self.speaker.layer, Layer.WORKERS) if at_work else self.speaker.layer
            self.homes[resource.id] = Home(layer, self.speaker.owner)
        return resource

    def share(self, resource: Resource) -> Resource:
        """Take in a resource that several components need once; it belongs to none of them."""
        if resource.id not in self.resources:
            self.add(resource)
            self.homes.pop(resource.id, None)
        return self.resources[resource.id]

    def parameter(self, parameter: Parameter) -> None:
        """Take a parameter in; the same one may be asked for often."""
        self.parameters[parameter.id] = parameter

    def output(self, output: Output) -> None:
        """Take an output in."""
        self.outputs[output.id] = output

    def note(self, text: str) -> None:
        """Keep something that the team should know of what was made; the same may be said often."""
        self.notes[text] = None

    def grant(self, holder: Holder, target: str, sid: str, statement: Statement, cause: Place) -> None:
        """Hang a statement on the policy of ``target`` (a logical id).

        The same one may be asked for often; two different ones with one name are a fault of the compiler.
        """
        grant = self._grants.setdefault((holder, target, sid), Grant(holder, target, sid, statement, cause))
        if grant.statement.body() != statement.body():
            message = f"two statements of {target} have the name {sid}"
            raise ValueError(message)

    def leave(self, target: str, component: Component) -> None:
        """Leave to its owner what has this logical id by its name: it exists already, and its policy is the owner's."""
        self.left[target] = component

    @property
    def grants(self) -> Collection[Grant]:
        """Every grant."""
        return self._grants.values()

    def granted(self, holder: Holder) -> dict[str, list[Grant]]:
        """The grants on one sort of holder, by target, each list in the order of the statements' names."""
        by_target: dict[str, list[Grant]] = defaultdict(list)
        for grant in self.grants:
            if grant.holder is holder:
                by_target[grant.target].append(grant)
        return {target: sorted(by_target[target], key=lambda grant: grant.sid) for target in sorted(by_target)}

    def template(self) -> dict[str, Any]:
        """The whole template as a value, its parts in the order of their ids."""
        template: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09", "Description": self.description}
        if self.metadata:
            template["Metadata"] = self.metadata
        for section, parts in (
            ("Parameters", self.parameters),
            ("Resources", self.resources),
            ("Outputs", self.outputs),
        ):
            if parts:
                template[section] = {name: parts[name].body() for name in sorted(parts)}
        return template if self.resources else template | {"Resources": _NOTHING}
