"""What becomes of a function's asynchronous invocations: the second of the two layers at which a direct delivery can fail."""

from collections.abc import Iterator, Mapping

from penstock.kinds.deliveries import SQS_NAME_LIMIT
from penstock.kinds.key import SEND_ACTIONS, kms_id
from penstock.kinds.queue import Queue, inline_queue, queue_arn
from penstock.kinds.warm import ALIAS
from penstock.model.component import Absent, Component, Handover, Redrive, Reference
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.names import logical_id, pascal, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Value
from penstock.records import NamedTuple

TAKES_RECORDS = ("queue", "topic", "bus", "function")
"""What Lambda can send records of successes to: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""


class Invocations(NamedTuple):
    """How often Lambda invokes a function again after a failure, and how old in seconds a message may be by then."""

    max_retries: int
    max_age: int


def read_invocations(entry: Entry) -> Invocations:
    """The bounds of ``async:``, or Lambda's own."""
    part = entry.part("async")
    return Invocations(part.number("max_retries") or 0, part.seconds("max_age") or 0)


def on_failure(name: str, part: Entry, *, always: bool = False) -> Redrive | Absent | None:
    """Where what Lambda gives up goes: ``on_failure`` of a part, which, if ``always``, means a queue of its own by saying nothing."""
    if not part.states("on_failure") and not always:
        return None
    if absent := part.absent("on_failure"):
        return absent
    named: str | None = part.part("on_failure").data.get("queue")
    return Redrive(named or failed_name(name), None, part.origin.child("on_failure"))


def read_handover(entry: Entry) -> Handover | None:
    """Where the records of successes go: ``on_success`` of ``async:``."""
    part = entry.part("async")
    to = part.text("on_success")
    return Handover(to=to, origin=part.origin.child("on_success")) if to else None


def failed_name(name: str) -> str:
    """The name of a function's own queue of failed invocations."""
    return shortened(f"{name}-failed", SQS_NAME_LIMIT)


def failed_queue(name: str, part: Entry, tags: Mapping[str, str], *, always: bool = False) -> Iterator[Queue]:
    """The queue of what was given up, if it is written inline or meant."""
    given_up = part.part("on_failure")
    if isinstance(on_failure(name, part, always=always), Redrive) and "queue" not in given_up.data:
        yield inline_queue(failed_name(name), given_up, tags)


def named_queue(part: Entry) -> Iterator[Reference]:
    """The declared queue that ``on_failure`` names."""
    given_up = part.part("on_failure")
    if "queue" in given_up.data:
        yield Reference(given_up.data["queue"], given_up.at("queue"), ("queue",))


def handed_to(entry: Entry) -> Iterator[Reference]:
    """Whatever ``on_success`` of ``async:`` names."""
    if handover := read_handover(entry):
        yield Reference(handover.to, entry.at("async", "on_success"), TAKES_RECORDS)


def configure(  # noqa: PLR0913, PLR0917 - a function's parts
    function: Component, invocations: Invocations, role: str, alias: str | None, topology: Topology, plan: Plan
) -> None:
    """Lambda's own retries of a function, or of its ``alias`` (a logical id), and the right of its role to send what Lambda gives up.

    Lambda sends with the function's role, and refuses a destination to which that may not send.
    """
    queue = topology.dead_letter_queue(function.redrive)
    destinations: dict[str, Value] = {"OnFailure": {"Destination": queue_arn(queue)}} if queue else {}
    if function.handover:
        from penstock.kinds.handing_over import hand_over  # few functions tell of their successes

        target = topology.components[function.handover.to]
        destinations["OnSuccess"] = {"Destination": hand_over(function, role, target, plan)}
    properties: dict[str, Value] = {
        "FunctionName": Ref(logical_id(function.name, "Function")),
        "Qualifier": ALIAS if alias else "$LATEST",
        "MaximumRetryAttempts": invocations.max_retries,
        "MaximumEventAgeInSeconds": invocations.max_age,
        "DestinationConfig": destinations or None,
    }
    id_ = logical_id(function.name, "FunctionInvocations")
    plan.add(
        Resource(
            id_,
            "AWS::Lambda::EventInvokeConfig",
            properties,
            function.at("async"),
            depends_on=(alias,) if alias else (),
            accepted=accepted(function.redrive, "RTY013", "RTY014"),
        )
    )
    if not isinstance(queue, Queue):
        return
    cause = function.at("async", "on_failure")
    send = Statement(("sqs:SendMessage",), (queue_arn(queue),))
    plan.grant(Holder.ROLE, role, f"SendTo{pascal(queue.name)}", send, cause)
    if queue.encryption.key:
        use = Statement(SEND_ACTIONS, (kms_id(queue.encryption.key),))
        plan.grant(Holder.ROLE, role, f"EncryptWith{pascal(queue.encryption.key)}", use, cause)
