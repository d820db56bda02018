"""Where things are that the stack does not make.

Kinds and hops name every component as if the stack made it, by ``Ref`` and ``GetAtt``; what exists already is put in their place
when all of them have spoken, so that no hop can forget it.

Of an ARN that is written out the pieces are cut when it is compiled. What a parameter or another stack's export holds is known only
when the stack is deployed, and CloudFormation cuts it then. It reads an SSM parameter as a parameter of the template, not by a
dynamic reference: of such a reference it would cut the text, not what that stands for.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.model.component import Component
from penstock.model.deployed import PIECES
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Parameter
from penstock.plan.statement import Holder
from penstock.plan.values import GetAtt, ImportValue, Ref, Select, Split, Sub, Value, arn, inside
from penstock.records import replace

_FIELDS = 6
_NAMES = {
    "topic": (":", 5),
    "queue": (":", 5),
    "function": (":", 6),
    "outbox": (":", 6),
    "bus": ("/", 1),
    "stream": ("/", 1),
    "store": ("/", 1),
    "bucket": (":", 5),
}
"""By which character an ARN is cut, and which of the pieces is the name."""
_VARIABLE = r"\$\{([A-Za-z0-9]+)(?:\.([A-Za-z]+))?\}"


def put_in(plan: Plan) -> None:
    """Put what exists already in the place of what would be made, and declare the parameters by which SSM parameters are read.

    What the policies of existing things must allow is noted for their owners.
    """
    known: dict[Value, Value] = {}
    for target, component in plan.left.items():
        if component.existing and component.word in _REFS:
            known |= dict(_stand_ins(target, component))
    _tell_owners(plan, known)
    met: set[str] = set()
    for resource in list(plan.resources.values()):
        for name, value in resource.properties.items():
            resource.properties[name] = _found(value, known, met)
        gone = [id_ for id_ in resource.depends_on if id_ not in plan.resources]
        if gone:
            rest = tuple(id_ for id_ in resource.depends_on if id_ in plan.resources)
            plan.resources[resource.id] = replace(resource, depends_on=rest)
    for output in list(plan.outputs.values()):
        value = _found(output.value, known, met)
        plan.output(output._replace(value=value))
    for component in plan.left.values():
        if component.existing and component.existing.parameter and _parameter_id(component) in met:
            what = f"The SSM parameter with the ARN of {component}"
            type_ = "AWS::SSM::Parameter::Value<String>"
            plan.parameter(Parameter(_parameter_id(component), type_, component.existing.parameter, what))


def _tell_owners(plan: Plan, known: Mapping[Value, Value]) -> None:
    import json  # few topologies have what is not theirs

    for grant in sorted(plan.grants, key=lambda grant: (grant.target, grant.sid)):
        component = plan.left.get(grant.target)
        if component is None:
            continue
        policy = "the policy of its role" if grant.holder is Holder.ROLE else "its policy"
        statement = json.dumps(_plain(_found(grant.statement.body(), known, set())), ensure_ascii=False)
        plan.note(f"{component} is not made here: its owner must have in {policy} {statement}")


def _plain(value: Value) -> Value:
    """A value with its intrinsics as ``Sub`` writes them, for people."""
    match value:
        case ImportValue(name):
            return f"${{ImportValue {name}}}"
        case Ref() | GetAtt() | Sub() | Select():
            return inside("...", value).text
        case str():
            return PIECES.sub(r"${\1}", value)
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value


def existing_arn(component: Component) -> Value:
    """The ARN of something that exists."""
    where = component.existing
    if where and where.arn is not None:
        return Sub(f"arn:${{AWS::Partition}}:s3:::{where.arn}") if _is_name(component) else where.arn
    if where and where.parameter is not None:
        return Ref(_parameter_id(component))
    if where and where.export is not None:
        return ImportValue(where.export)
    message = f"the topology does not say where {component} is"
    raise LookupError(message)


def written_region(component: Component) -> str | None:
    """The region in the ARN of something that exists, which may be another than the stack's, if it is written there."""
    fields = written_fields(component.existing.arn or "") if component.existing else []
    return fields[3] if len(fields) >= _FIELDS and not PIECES.search(fields[3]) else None


def existing_name(component: Component) -> Value:
    """The name of something that exists, or ``None`` of what the stack makes."""
    if component.existing and _is_name(component):
        return component.existing.arn
    delimiter, index = _NAMES[component.arn_word or component.word]
    return _piece(existing_arn(component), delimiter, index) if component.existing else None


def _is_name(component: Component) -> bool:
    """Whether a bucket's name is written instead of its ARN; a parameter alone is the ARN."""
    text = (component.existing and component.existing.arn) or ""
    return (
        component.arn_word == "bucket" and bool(text) and len(written_fields(text)) == 1 and not PIECES.fullmatch(text)
    )


def existing_account(component: Component) -> Value:
    """The account of something that exists, or ``None`` of what the stack makes."""
    return _piece(existing_arn(component), ":", 4) if component.existing else None


def _existing_url(queue: Component) -> Sub:
    fields = ("Region", 3), ("Account", 4), ("Name", 5)
    parts = [inside(name, _piece(existing_arn(queue), ":", index)) for name, index in fields]
    region, account, name = (part.text for part in parts)
    text = f"https://sqs.{region}.${{AWS::URLSuffix}}/{account}/{name}"
    return Sub(text, tuple(variable for part in parts for variable in part.variables))


_REFS = {
    "topic": existing_arn,
    "queue": _existing_url,
    "bus": existing_arn,
    "stream": existing_name,
    "store": existing_name,
    "function": existing_arn,
    "key": existing_arn,
}
"""What ``Ref`` of a component gives, by its word. EventBridge takes an ARN wherever it takes a bus's name, and so does Lambda."""


def _stand_ins(target: str, component: Component) -> Iterator[tuple[Value, Value]]:
    yield Ref(target), _REFS[component.word](component)
    yield arn(target), existing_arn(component)
    if component.word == "queue":
        yield GetAtt(target, "QueueName"), existing_name(component)


def _parameter_id(component: Component) -> str:
    return logical_id(component.name, component.word.capitalize(), "Address")


def _piece(text: Value, delimiter: str, index: int) -> Value:
    """A piece of an ARN, cut now or, where only the deployment knows the ARN, then."""
    if isinstance(text, str):
        fields = written_fields(text)
        if len(fields) >= _FIELDS:
            return (":".join(fields[5:]).split("/") if delimiter == "/" else fields)[index]
    return Select(index, Split(delimiter, text))


def written_fields(text: str) -> list[str]:
    """The fields of an ARN as far as it is written out; what comes from a parameter stays whole, whatever it is called."""
    hidden = PIECES.sub(lambda match: match[0].replace(":", "\0"), text)
    return [field.replace("\0", ":") for field in hidden.split(":")]


def _found(value: Value, known: Mapping[Value, Value], met: set[str]) -> Any:  # noqa: ANN401 - a JSON value with intrinsics
    match value:
        case Ref() | GetAtt():
            stand_in = known.get(value, value)
            met.update(_refs(stand_in))
            return stand_in
        case Sub(text, variables) if not variables:
            return _in_text(text, known, met)
        case dict():
            return {key: _found(inner, known, met) for key, inner in value.items()}
        case list() | tuple():
            return [_found(inner, known, met) for inner in value]
        case _:
            met.update(_refs(value))
            return value


def _in_text(text: str, known: Mapping[Value, Value], met: set[str]) -> Sub | str:
    variables: dict[str, Value] = {}

    def put(match: re.Match[str]) -> str:
        named = GetAtt(match[1], match[2]) if match[2] else Ref(match[1])
        stand_in = known.get(named)
        if stand_in is None:
            return match[0]
        met.update(_refs(stand_in))
        part = inside(match[1] + (match[2] or ""), stand_in)
        variables.update(part.variables)
        return part.text

    filled = re.sub(_VARIABLE, put, text)
    if re.search(r"\$\{[^!]", filled):
        return Sub(filled, tuple(variables.items()))
    return filled.replace("${!", "${")  # all that was to be filled in is known


def _refs(value: Value) -> Iterator[str]:
    match value:
        case Ref(target):
            yield target
        case Select(_, Split(_, inner)):
            yield from _refs(inner)
        case Sub(_, variables):
            for _, inner in variables:
                yield from _refs(inner)
        case _:
            return
