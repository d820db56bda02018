"""Whom a channel's policies admit from elsewhere, what of the components other stacks find by an export, and who is told of alarms."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from penstock.template.channels import BUCKET, BUS, QUEUE, STREAM, TABLE, TOPIC
from penstock.template.policies import Statement, statements
from penstock.template.sam import FUNCTION
from penstock.template.values import Attribute, Items, Map, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.importing.sheet import Sheet
    from penstock.template.draft import Part
    from penstock.template.stacks import Resource

_ACTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    BUS: {"publish": ("events:PutEvents",), "subscribe": ("events:PutRule", "events:PutTargets")},
    QUEUE: {"publish": ("sqs:SendMessage",), "subscribe": ("sqs:ReceiveMessage",)},
    TOPIC: {"publish": ("sns:Publish",), "subscribe": ("sns:Subscribe",)},
}
_POLICIES = {
    "AWS::Events::EventBusPolicy": ("EventBusName", "events"),
    "AWS::SNS::TopicPolicy": ("Topics", "sns"),
    "AWS::SQS::QueuePolicy": ("Queues", "sqs"),
}
_ADDRESSES = {
    BUCKET: "Arn",
    BUS: "Arn",
    FUNCTION: "Arn",
    QUEUE: "Arn",
    STREAM: "Arn",
    TABLE: "Arn",
    TOPIC: "",
    "AWS::KMS::Key": "Arn",
}
"""The attribute with a component's ARN, which is what an export of the language is."""
_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::([^:]+):root")
_PRINCIPAL = re.compile(
    r"[0-9]{12}|\$\{[^{}.]+\}|arn:aws[a-z-]*:iam::([0-9]{12}|\$\{[^{}.]+\}):(role|user)/[A-Za-z0-9+=,.@_/-]+"
)
_OWN = "${AWS.AccountId}"
_WHY = "`allow` admits accounts, roles and users, and without a condition"


def admissions(sheet: Sheet) -> None:
    """Say at each channel whom it admits. What services need the compiler writes by itself, and the account itself needs nothing."""
    directory = sheet.translation.directory
    for policy in directory.of(*_POLICIES):
        key, service = _POLICIES[policy.type]
        own = policy.properties
        document = own.get("PolicyDocument", own)
        if policy.type == "AWS::Events::EventBusPolicy":
            sheet.adopted.setdefault(id(policy.spot.node), _home(sheet, directory.find(own.get(key), service)))
        for value, _ in own.items_of(key):
            part = sheet.translation.part_of(directory.find(value, service))
            resource = directory.find(value, service)
            if part is None or resource is None or resource.type not in _ACTIONS:
                continue
            for one in statements(document):
                if not _admit(part, resource.type, one):
                    sheet.note(part.route, one.spot, _WHY)


def _home(sheet: Sheet, bus: Resource | None) -> tuple[str | int, ...]:
    part = sheet.translation.part_of(bus)
    return part.route[:2] if part else ()


def _admit(part: Part, type_: str, one: Statement) -> bool:
    """Say what a statement allows; whether nothing of it is lost."""
    said = one.said
    principal = said.get("Principal")
    condition = repr(written(said.get("Condition")) or said.part("Condition")).lower()
    if not one.allows:
        return "securetransport" in condition
    if "sourcearn" in condition or (isinstance(principal, Map) and "Service" in principal and len(principal) == 1):
        return True  # a service delivers, for what is a delivery here
    admitted = [_principal(value) for value in _principals(principal)]
    outside = [one for one in admitted if one != _OWN]
    if not outside and admitted and not said.part("Condition"):
        return True
    actions = [(written(action) or "").lower() for action, _ in said.items_of("Action")]
    ways = [
        way
        for way, known in _ACTIONS[type_].items()
        if any(fnmatchcase(each.lower(), action) for each in known for action in actions)
    ]
    if None in outside or not ways or said.part("Condition"):
        return False
    allow = part.part("allow").data
    for way in ways:
        allow[way] = list(dict.fromkeys([*allow.get(way, ()), *outside]))
    return True


def _principals(said: Any) -> Iterator[Any]:  # noqa: ANN401 - a value of a template
    if isinstance(said, Map):
        found = said.get("AWS")
        yield from found if isinstance(found, Items) else (found,)
    else:
        yield said


def _principal(value: object) -> str | None:
    """A principal as the language has it; the account itself for whatever is in it."""
    if isinstance(value, Attribute):
        return _OWN
    text = (written(value) or "").replace("${AWS.Partition}", "aws")
    if found := _ACCOUNT.fullmatch(text):
        text = found[1]
    if text == _OWN or text.startswith(f"arn:aws:iam::{_OWN}:"):
        return _OWN
    return text if _PRINCIPAL.fullmatch(text) else None


def alarms(sheet: Sheet) -> None:
    """Say who is told of alarms, where all alarms of the templates tell the same topic."""
    directory = sheet.translation.directory
    told = {
        sheet.translation.name_of(directory.find(action, "sns"))
        for alarm in directory.of("AWS::CloudWatch::Alarm")
        for action, _ in alarm.properties.items_of("AlarmActions")
    }
    if len(told) == 1 and (name := told.pop()) in sheet.data.get("topics", {}):
        sheet.data["alarms"] = {"notify": name}


def exports(sheet: Sheet) -> None:
    """Say of each component under which name its ARN is exported."""
    directory = sheet.translation.directory
    for stack in sheet.world.stacks:
        for output in stack.outputs.values():
            name = sheet.text(output.part("Export").get("Name")) if isinstance(output, Map) else None
            value = sheet.world.settled(output.get("Value")) if isinstance(output, Map) else None
            resource = directory.find(value) if isinstance(value, Attribute) else None
            part = sheet.translation.part_of(resource)
            if name and part and resource and isinstance(value, Attribute) and "export" not in part.data:
                known = {_ADDRESSES.get(resource.type)} | ({"TopicArn"} if resource.type == TOPIC else set())
                if value.name in known and re.fullmatch(r"[A-Za-z0-9:-]+", name):
                    part.data["export"] = {"stack": name}
