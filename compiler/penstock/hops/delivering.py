"""What the hops of topics and buses have in common: consent of the queues that they send to, and the dead letters of the delivery."""

from penstock.hops.semantics import Ending
from penstock.kinds.key import admit_service
from penstock.kinds.queue import Queue, queue_arn, queue_id
from penstock.kinds.topic import Topic, topic_arn, topic_id
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.names import joint_id, pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Value


def subscription_id(connection: Connection, role: str) -> str:
    """The logical id of what joins a source with its reader: ``FulfilmentQueueFromOrdersTopicSubscription``."""
    delivery, source, target = connection.delivery, connection.source, connection.target
    ends = target.name, f"{pascal(target.word.replace(' ', '-'))}From", source.name
    word = source.word.capitalize()
    return joint_id(*ends, f"{word}As", delivery.id, role, joints=2) if delivery.id else joint_id(*ends, word + role)


def delivery_dead_letters(connection: Connection, topology: Topology) -> tuple[Ending, Component | None]:
    """Where the delivery's failed messages end, which is not where those of the queue's consumer end."""
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    return (Ending.DEAD_LETTERS if dlq else Ending.DROPPED), dlq


def allow_topic_delivery(connection: Connection, topic: Topic, service: str, plan: Plan) -> None:
    """Let EventBridge publish to a topic; its rules cannot be told apart, because a topic's policy with conditions turns them all away.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    statement = Statement(("sns:Publish",), (topic_arn(topic),), principal={"Service": service})
    plan.grant(Holder.TOPIC, topic_id(topic), "AllowFromEventBridge", statement, connection.at())
    admit_service(plan, topic.encryption.key, service, topic)


def allow_delivery(  # noqa: PLR0913, PLR0917 - a statement's parts
    connection: Connection, queue: Component, service: str, source: str, source_arn: Value, plan: Plan
) -> None:
    """Let a service send to a queue, on behalf of this one ``source`` (a logical id)."""
    statement = Statement(
        ("sqs:SendMessage",),
        (queue_arn(queue),),
        principal={"Service": service},
        condition={"ArnEquals": {"aws:SourceArn": source_arn}},
    )
    plan.grant(Holder.QUEUE, queue_id(queue), f"AllowFrom{source}", statement, connection.at())
    if isinstance(queue, Queue):
        admit_service(plan, queue.encryption.key, service, queue)
