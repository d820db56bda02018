"""The way back from a dead-letter queue, which people go by hand: a command, and the permissions for it.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from typing import TYPE_CHECKING

from penstock.kinds.key import RECEIVE_ACTIONS, SEND_ACTIONS, kms_id
from penstock.kinds.queue import Queue, keys_of_messages, queue_arn
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Resource
from penstock.plan.statement import Statement

if TYPE_CHECKING:
    from penstock.plan.values import Value

_MOVE = tuple(
    f"sqs:{action}"
    for action in (
        "CancelMessageMoveTask",
        "DeleteMessage",
        "GetQueueAttributes",
        "ListMessageMoveTasks",
        "ReceiveMessage",
        "StartMessageMoveTask",
    )
)


def prepare_redrive(queue: Queue, origin: str, topology: Topology, plan: Plan) -> None:
    """A managed policy for whoever moves messages from ``origin`` back into the queue, and the command as an output."""
    source = topology.components[origin]
    if not isinstance(source, Queue):
        raise TypeError(source)
    statements = [
        Statement(_MOVE, (queue_arn(source),)).body("Take"),
        Statement(("sqs:SendMessage",), (queue_arn(queue),)).body("GiveBack"),
    ]
    if keys := [kms_id(key) for key in keys_of_messages(source, topology) if key != queue.encryption.key]:
        statements.append(Statement(RECEIVE_ACTIONS, tuple(keys)).body("Decrypt"))
    if queue.encryption.key:
        statements.append(Statement(SEND_ACTIONS, (kms_id(queue.encryption.key),)).body("Encrypt"))
    name = logical_id(queue.name, "QueueRedrive")
    properties: dict[str, Value] = {
        "Description": f"Moves messages from {source.name} back into {queue.name}",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    }
    plan.add(Resource(name, "AWS::IAM::ManagedPolicy", properties, queue.at("redrive_from")))
    command = "aws sqs start-message-move-task --source-arn"
    parts = [command, queue_arn(source), "--destination-arn", queue_arn(queue)]
    text = f"Moves the messages in {source.name} back into {queue.name}"
    plan.output(Output(f"{name}Command", {"Fn::Join": [" ", parts]}, text))
