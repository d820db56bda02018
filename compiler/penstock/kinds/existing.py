"""What can be said of a component that the stack does not make."""

from collections.abc import Iterator, Mapping
from typing import Any

from penstock import resources
from penstock.diagnostics import Diagnostic
from penstock.kinds.code import IMAGE_HAS_ITS_OWN
from penstock.model.component import Component, Fifo
from penstock.model.deployed import MARK, mark
from penstock.model.entry import Entry
from penstock.model.resolve import fault

_FIFO = ".fifo"
_RESOURCES = {
    "topics": ("sns", "", "topic"),
    "buses": ("events", "event-bus/", "bus"),
    "queues": ("sqs", "", "queue"),
    "streams": ("kinesis", "stream/", "stream"),
    "stores": ("dynamodb", "table/", "table"),
    "store-s3": ("s3", "", "bucket"),
    "keys": ("kms", "key/", "key"),
    "consumers": ("lambda", "function:", "function"),
    "producers": ("lambda", "function:", "function"),
}
"""By section, or by definition: the service in the ARN, what its last field begins with, and the noun."""


def read_fifo(entry: Entry) -> Fifo | None:
    """The key ``fifo``. Of what exists already the ARN says it too: the names of FIFO channels, and no others, end in .fifo."""
    if entry.states("fifo"):
        part = entry.part("fifo")
        return Fifo(part.text("deduplication"), part.text("throughput") == "message-group")
    where = entry.existing()
    return Fifo(None, per_group=False) if where and (where.arn or "").endswith(_FIFO) else None


def faults(section: str, name: str, definition: str, entry: Entry) -> Iterator[Diagnostic]:
    """What cannot be said beside ``existing``, and an ARN of something else."""
    for key in resources.schema()["$defs"][definition]["x-made-only"]:
        if entry.states(key):
            text = f"{name!r} exists already, so `{key}` has no effect: it is its owner's to say"
            yield fault("REF030", entry.at(key), text, f"remove `{key}`, or `existing`")
    dlq = entry.data.get("dlq")
    if isinstance(dlq, Mapping) and not {"queue", "none"} & dlq.keys():
        text = f"{name!r} exists already, so it can be given no dead-letter queue here"
        help_ = "write `dlq: {queue: name, max_receives: 5}` with the one that it has, or leave `dlq` out"
        yield fault("REF030", entry.at("dlq"), text, help_)
    where = entry.data["existing"]
    if isinstance(where, str) and MARK not in where:
        yield from _of_another(definition if definition in _RESOURCES else section, name, where, entry)


def _of_another(section: str, name: str, arn: str, entry: Entry) -> Iterator[Diagnostic]:
    service, prefix, noun = _RESOURCES[section]
    fields = arn.split(":", maxsplit=5)
    if len(fields) == 1:  # a bucket's name
        return
    if fields[2] != service or not fields[5].startswith(prefix) or fields[5] == prefix:
        text = f"{name!r} is a {noun}, but the ARN is that of something else"
        help_ = f"the ARN of a {noun} begins with arn:aws:{service}:<region>:<account>:{prefix}"
        yield fault("REF031", entry.at("existing"), text, help_)
    elif entry.states("fifo") and not arn.endswith(_FIFO):
        text = f"{name!r} is not a FIFO {noun}: the name in its ARN does not end in .fifo"
        yield fault("REF031", entry.at("fifo"), text, "remove `fifo`")


def arn_of(component: Component, region: str, account: str) -> str | None:
    """The ARN of what has a name that its topology gives, or that a bus has by itself."""
    name = getattr(component, "given_name", None) or getattr(component, "physical_name", None)
    if name is None:
        return None
    if component.arn_word == "bucket":
        return f"arn:{mark('AWS::Partition')}:s3:::{name}"
    service, prefix, _ = _RESOURCES[_SECTIONS[component.word]]
    suffix = _FIFO if getattr(component, "fifo", None) else ""
    return f"arn:{mark('AWS::Partition')}:{service}:{region}:{account}:{prefix}{name}{suffix}"


_SECTIONS = {"topic": "topics", "bus": "buses", "queue": "queues", "stream": "streams", "store": "stores"}


def own_defaults(common: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """The topology's defaults for a component; they describe neither what exists already nor what an image brings itself."""
    if own.get("existing") is not None:
        return {}
    code = own.get("code")
    if isinstance(code, Mapping) and "image" in code:
        return {key: value for key, value in common.items() if key not in IMAGE_HAS_ITS_OWN}
    return common
