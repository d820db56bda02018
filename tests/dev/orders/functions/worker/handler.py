"""A handler like the generated ones: batch processor, idempotency, one structured log line per record."""

import hashlib
import json
import os
import sys
import time
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

NAME = os.environ["COMPONENT"]
QUEUE = os.environ["QUEUE"]
PROCESSOR = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
STORE = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], key_attr="id", expiry_attr="expires_at")
REMEMBERED: list[object] = []


def remember(response: object, _: object) -> object:
    REMEMBERED.append(response)
    return response


CONFIG = IdempotencyConfig(
    event_key_jmespath="order_id",
    raise_on_no_idempotency_key=True,
    response_hook=remember,  # type: ignore[arg-type]  # a function has no __name__ to check here
)


def work(payload: dict[str, Any]) -> None:
    if payload.get("poison") == NAME:
        raise ValueError(f"{NAME} cannot do this")
    text = json.dumps(payload)
    key = payload["order_id"]
    attributes = {"message": {"DataType": "String", "StringValue": "OrderPlaced"}}
    if topic := os.environ.get("TOPIC"):
        boto3.client("sns").publish(TopicArn=topic, Message=text, MessageAttributes=attributes)
    if topic := os.environ.get("FIFO_TOPIC"):
        boto3.client("sns").publish(
            TopicArn=topic, Message=text, MessageAttributes=attributes, MessageGroupId=key, MessageDeduplicationId=key
        )
    if bus := os.environ.get("BUS"):
        event = {"EventBusName": bus, "Source": "shop.orders", "DetailType": "OrderPlaced", "Detail": text}
        boto3.client("events").put_events(Entries=[event])


ONCE = idempotent_function(
    work, data_keyword_argument="payload", persistence_store=STORE, config=CONFIG, key_prefix=f"orders.{NAME}"
)


def payload_text(body: str) -> str:
    envelope = json.loads(body) if body.startswith("{") else {}
    if envelope.get("Type") == "Notification":
        return str(envelope["Message"])
    return json.dumps(envelope["detail"]) if "detail-type" in envelope else body


def log(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def handle(record: SQSRecord) -> None:
    REMEMBERED.clear()
    text = payload_text(record.body)
    line: dict[str, object] = {
        "penstock": "record",
        "function": NAME,
        "queue": QUEUE,
        "message": record.raw_event["messageAttributes"].get("message", {}).get("stringValue"),
        "key": None,
        "receive_count": int(record.attributes.approximate_receive_count),
        "age_ms": int(time.time() * 1000) - int(record.attributes.sent_timestamp),
        "body_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    try:
        payload = json.loads(text)
        line["key"] = payload.get("order_id")
        ONCE(payload=payload)
    except Exception as fault:
        log(line | {"outcome": "failed", "error": f"{type(fault).__name__}: {fault}"})
        raise
    log(line | {"outcome": "duplicate" if REMEMBERED else "handled"})


def handler(event: dict[str, Any], context: LambdaContext) -> object:
    CONFIG.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=handle, processor=PROCESSOR, context=context)
