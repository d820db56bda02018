"""Which stores a function may read and write, and where it may send, by the policies of its role."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from penstock.importing.inlining import given_up_to
from penstock.plan.names import environment_name
from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.inferred import sent
from penstock.template.policies import function_statements, sam_policies
from penstock.template.sam import FUNCTION
from penstock.template.values import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.importing.sheet import Sheet
    from penstock.template.policies import Statement
    from penstock.template.stacks import Resource

_CHANNELS = frozenset({BUS, QUEUE, STREAM, TOPIC})
_ACTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    TABLE: {
        "read": ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"),
        "write": ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    },
    BUCKET: {"read": ("s3:GetObject",), "write": ("s3:PutObject", "s3:DeleteObject")},
}
_SAM = {
    "DynamoDBCrudPolicy": ("TableName", ("read", "write")),
    "DynamoDBReadPolicy": ("TableName", ("read",)),
    "DynamoDBWritePolicy": ("TableName", ("write",)),
    "S3CrudPolicy": ("BucketName", ("read", "write")),
    "S3FullAccessPolicy": ("BucketName", ("read", "write")),
    "S3ReadPolicy": ("BucketName", ("read",)),
    "S3WritePolicy": ("BucketName", ("write",)),
}
"""SAM's policy templates: what names the store, and what they allow."""


def uses(sheet: Sheet) -> None:
    """Say of each function which stores it uses, and beside it where it may send: what it sends there people must say.

    What a policy allows on everything is no word about any of them.
    """
    translation = sheet.translation
    sendings = _sendings(sheet)
    for function in translation.directory.of(FUNCTION):
        part = translation.part_of(function)
        if part is None or part.route[0] != "consumers":
            continue
        ways: dict[str, set[str]] = {}
        kept = {(entry.get("on_failure") or {}).get("bucket") for entry in part.data.get("from", ())}
        for store, way in _rights(sheet, function):
            name = translation.name_of(store)
            if name and name not in kept and store.type in _ACTIONS:
                ways.setdefault(name, set()).add(way)
        if names := sendings.get((function.stack, function.id)):
            named = " and ".join(f"{sheet.word(name)} {name!r}" for name in sorted(names))
            sheet.say(part.route, f"its role lets it send to {named}: say in `publishes` what it sends there")
        if ways:
            variables = function.properties.part("Environment").part("Variables")
            for key in {environment_name("store", name) for name in ways} & variables.keys():
                sheet.expressed.add(id(variables.nodes[key][1]))
            part.data["uses"] = {name: "-".join(sorted(several)) for name, several in sorted(ways.items())}


def _sendings(sheet: Sheet) -> dict[tuple[int, str], list[str]]:
    """The channels that each function may send to, but for those of what is given up."""
    translation = sheet.translation
    given_up = set(given_up_to(sheet.data))
    found: dict[tuple[int, str], list[str]] = {}
    for one in sent(translation.directory):
        name = translation.name_of(one.target)
        if name and one.target.type in _CHANNELS and name not in given_up:
            found.setdefault((one.function.stack, one.function.id), []).append(name)
    return found


def _rights(sheet: Sheet, function: Resource) -> Iterator[tuple[Resource, str]]:
    directory = sheet.translation.directory
    for name, parameters, _ in sam_policies(function):
        key, ways = _SAM.get(name, ("", ()))
        store = directory.find(parameters.get(key), "dynamodb" if key == "TableName" else "s3")
        if store is not None:
            yield from ((store, way) for way in ways)
    for one in function_statements(function, directory):
        yield from _stated(sheet, one)


def _stated(sheet: Sheet, one: Statement) -> Iterator[tuple[Resource, str]]:
    if not one.allows:
        return
    actions = [(written(action) or "").lower() for action, _ in one.said.items_of("Action")]
    for value, _ in one.said.items_of("Resource"):
        store = sheet.translation.directory.find(value)
        if store is None:
            continue
        for way, known in _ACTIONS.get(store.type, {}).items():
            if any(fnmatchcase(each.lower(), action) for each in known for action in actions):
                yield store, way
