"""A plan that is too large for one stack, as a root and nested stacks.

Moving a resource to another stack means to make it anew, and a queue made anew has lost its messages. So nothing here looks at how
large anything is: where a resource stands hangs on names alone, and on two things that the topology says once, ``spread`` (a number
of groups) and ``place`` (the group of one component). A component that is added moves no other, and a topology without `stacks` is
one template, however often it grows: what was deployed in the root stays there until somebody says otherwise.

**Groups.** A component is in the group that ``place`` names, else in the one of ``spread`` that the digest of its name falls into,
else in the root. What it writes inline (its dead-letter queues) and what belongs to it alone (role, log group, alarms, policy) go
with it, and so does what brings it messages (subscription, rule, event source mapping, permission).

**Layers.** Groups alone would need each other: a function of one sends to a queue of the other, and the other way round. So each group
has up to four stacks, and references go only from a higher layer to a lower one:

- ``letters``: declared dead-letter queues (`role: dead-letters`), which channels of any group may name;
- ``channels``: queues, topics, buses, streams and stores;
- ``workers``: functions, what delivers to channels and functions, consents (policies, permissions), alarms;
- ``senders``: schedules, which may invoke functions, and the policies of declared dead-letter queues, which name rules of any group.

A circle is therefore impossible but for two channels of which one is the other's dead-letter queue without the role; that is a
finding, and so is a circle through the root.

**References.** What another stack needs becomes an output there and a parameter here, and the root hands it on. The root's own name
goes down as a parameter, because it is part of physical names; so do the topology's own, a list as one text, because that is all
that a nested stack can be given. A queue's name and its URL are read off its ARN: outputs and parameters are what
runs short first, 200 of each to a stack.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from penstock.diagnostics import Diagnostic, Severity
from penstock.model.deployed import is_list
from penstock.model.topology import StackPolicy, Topology
from penstock.plan.layer import Home, Layer
from penstock.plan.names import digest, logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import PACKAGED, Output, Parameter, Resource, tag_list
from penstock.plan.values import GetAtt, ImportValue, Join, Ref, Select, Split, Sub, Value
from penstock.records import NamedTuple, replace

CIRCLE = "STK003"
ROOT = ""
FOLDER = "stacks"
_ROOT_NAME = "rootStackName"
_QUEUE_URL = "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Name}"
_IN_SUB = re.compile(r"\$\{([^!}][^}]*)\}")


class Parts(NamedTuple):
    """The root, and the nested stacks by name; ``faults`` say why it is none."""

    root: Plan
    nested: dict[str, Plan]
    faults: list[Diagnostic]


def group_of(owner: str, policy: StackPolicy) -> str:
    """The group of a component: a name, a number, or ``root``."""
    if owner in policy.place:
        return policy.place[owner]
    return str(int(digest(owner, 12), 16) % policy.spread) if policy.spread else "root"


def stack_of(home: Home | None, policy: StackPolicy) -> str:
    """The stack of what has this home; the empty name is the root's."""
    if home is None or home.layer is Layer.ROOT or (group := group_of(home.owner, policy)) == "root":
        return ROOT
    return f"{home.layer.name.lower()}-{group}"


def stack_id(stack: str) -> str:
    """The logical id of a nested stack in the root."""
    return logical_id(stack, "Stack")


def split(plan: Plan, topology: Topology, policy: StackPolicy) -> Parts:
    """Split a plan that nothing more is added to."""
    return _Splitter(plan, topology, policy).split()


class _Splitter:
    def __init__(self, plan: Plan, topology: Topology, policy: StackPolicy) -> None:
        self.plan = plan
        self.topology = topology
        self.where = {name: stack_of(plan.homes.get(name), policy) for name in plan.resources}
        self.parts: dict[str, Plan] = {ROOT: self._part(ROOT)}
        self.given: dict[str, dict[str, Value]] = defaultdict(dict)
        self.needs: dict[str, set[str]] = defaultdict(set)
        self.sideways: list[tuple[str, str]] = []

    def split(self) -> Parts:
        """Every resource into its part; then the stacks themselves into the root."""
        for name, resource in self.plan.resources.items():
            self._move(name, resource)
        root = self.parts.pop(ROOT)
        for output in self.plan.outputs.values():
            root.output(output._replace(value=self._rewritten(output.value, "", ROOT)))
        for parameter in self.plan.parameters.values():
            root.parameter(parameter)
        root.metadata = PACKAGED | self.plan.metadata
        root.notes = self.plan.notes
        for stack, part in sorted(self.parts.items()):
            root.add(self._stack(stack, part))
        faults = [self._sideways(*pair) for pair in self.sideways] or list(self._circles(root))
        return Parts(root, self.parts, faults)

    def _part(self, stack: str) -> Plan:
        part = Plan(f"{self.plan.description}, stack {stack}" if stack else self.plan.description)
        part.metadata = self.plan.metadata
        return part

    def _move(self, name: str, resource: Resource) -> None:
        here = self.where[name]
        if here not in self.parts:
            self.parts[here] = self._part(here)
        properties = {key: self._rewritten(value, name, here) for key, value in resource.properties.items()}
        code = properties.get("Code")
        if here and isinstance(code, str) and resource.type == "AWS::Lambda::Function":
            properties["Code"] = f"../{code}"  # local paths are relative to the template
        waits = tuple(self._waits(resource, here))
        self.parts[here].add(replace(resource, properties=properties, depends_on=waits))

    def _waits(self, resource: Resource, here: str) -> Iterator[str]:
        """What a resource of one part still waits for; across stacks it is the stack that waits, for what is built before it."""
        for other in resource.depends_on:
            there = self.where[other]
            if there == here:
                yield other
            elif not here:
                yield stack_id(there)
            elif not there or _layer(there) < _layer(here):
                self.needs[here].add(stack_id(there) if there else other)

    def _rewritten(self, value: Value, name: str, here: str) -> Any:  # noqa: ANN401 - a JSON value with intrinsics
        match value:
            case Ref(target):
                return self._found(target, None, name, here)
            case GetAtt(target, attribute):
                return self._found(target, attribute, name, here)
            case Sub(text, variables):
                own = dict(variables)
                found = _IN_SUB.sub(
                    lambda match: match[0] if match[1] in own else self._in_text(match[1], name, here), text
                )
                return Sub(found, tuple((key, self._rewritten(inner, name, here)) for key, inner in variables))
            case ImportValue(exported):
                return ImportValue(self._rewritten(exported, name, here))
            case Select(index, Split(delimiter, text)):
                return Select(index, Split(delimiter, self._rewritten(text, name, here)))
            case dict():
                return {key: self._rewritten(inner, name, here) for key, inner in value.items()}
            case list() | tuple():
                return [self._rewritten(inner, name, here) for inner in value]
            case _:
                return value

    def _in_text(self, inside: str, name: str, here: str) -> str:
        target, _, attribute = inside.partition(".")
        found = self._found(target, attribute or None, name, here, whole=True)
        return f"${{{found.target}.{found.attribute}}}" if isinstance(found, GetAtt) else f"${{{found.target}}}"

    def _found(self, target: str, attribute: str | None, name: str, here: str, *, whole: bool = False) -> Any:  # noqa: ANN401 - as above
        """How one part says what another has; ``whole`` where there is no room for a function."""
        own: Ref | GetAtt = GetAtt(target, attribute) if attribute else Ref(target)
        if here and (target == "AWS::StackName" or target in self.plan.parameters):
            small = (
                _ROOT_NAME if target == "AWS::StackName" else f"p{target}"
            )  # all other names here begin with a capital
            parameter = self.plan.parameters.get(target)
            return self._handed(small, Join(",", own) if parameter and is_list(parameter.type) else own, here)
        there = self.where.get(target, here)
        if there == here:
            return own
        if attribute in {None, "QueueName"} and not whole and self.plan.resources[target].type == "AWS::SQS::Queue":
            called = Select(5, Split(":", self._found(target, "Arn", name, here)))
            return called if attribute else Sub(_QUEUE_URL, (("Name", called),))
        if there and here and _layer(there) >= _layer(here):
            self.sideways.append((name, target))
        key = target + (attribute or "Ref").replace(".", "")
        outside: Ref | GetAtt = own
        if there:
            self.parts.setdefault(there, self._part(there)).output(Output(key, own, f"For other stacks: {target}"))
            outside = GetAtt(stack_id(there), f"Outputs.{key}")
        return self._handed(key, outside, here) if here else outside

    def _handed(self, key: str, outside: Value, here: str) -> Ref:
        if self.given[here].setdefault(key, outside) != outside:
            message = f"two values have the name {key}"
            raise ValueError(message)
        return Ref(key)

    def _stack(self, stack: str, part: Plan) -> Resource:
        given = self.given[stack]
        for key in given:
            own = self.plan.parameters.get(key.removeprefix("p"))
            kind = "CommaDelimitedList" if own and is_list(own.type) else "String"
            part.parameter(Parameter(key, kind, None, None, secret=bool(own and own.secret)))
        properties: dict[str, Value] = {
            "TemplateURL": f"{FOLDER}/{stack}.yaml",
            "Parameters": dict(sorted(given.items())) or None,
            "Tags": tag_list(self.topology.tags),
        }
        waits = tuple(sorted(self.needs[stack]))
        return Resource(
            stack_id(stack), "AWS::CloudFormation::Stack", properties, self.topology.at("stacks"), depends_on=waits
        )

    def _sideways(self, name: str, target: str) -> Diagnostic:
        one, other = self.plan.resources[name], self.where[target]
        text = f"{name} is in the stack {self.where[name]!r} and needs {target}, which is in {other!r}: one of two stacks must come first"
        help_ = "give a queue that takes others' dead letters `role: dead-letters`, or `place` the two components in one group"
        return Diagnostic(CIRCLE, Severity.ERROR, text, one.cause.span(), help_)

    def _circles(self, root: Plan) -> Iterator[Diagnostic]:
        """A circle through what stands in the root; nested stacks alone have none."""
        waits = {
            name: {*_targets(list(resource.properties.values())), *resource.depends_on} & root.resources.keys()
            for name, resource in root.resources.items()
        }
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            text = f"stacks need each other: {' needs '.join(reversed(error.args[1]))}"
            help_ = "`place` what stands in the root in a group too, or the others in the root"
            yield Diagnostic(CIRCLE, Severity.ERROR, text, self.topology.at("stacks").span(), help_)


def _layer(stack: str) -> Layer:
    return Layer[stack.partition("-")[0].upper()]


def _targets(value: Value) -> Iterator[str]:
    match value:
        case Ref(target) | GetAtt(target, _):
            yield target
        case Sub(text, variables):
            yield from {inside.partition(".")[0] for inside in _IN_SUB.findall(text)} - dict(variables).keys()
            yield from _targets([inner for _, inner in variables])
        case ImportValue(inner) | Select(_, Split(_, inner)):
            yield from _targets(inner)
        case dict():
            for inner in value.values():
                yield from _targets(inner)
        case list() | tuple():
            for inner in value:
                yield from _targets(inner)
        case _:
            return
