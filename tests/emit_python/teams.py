"""What a team would have written: effects that are kept single in each of the field's ways, and a word to whoever comes next."""

from tests.emit_python.drawing import Place

WAYS = {
    "table": ("*, _=None", "plain(key)"),
    "conditional-write": ("*, idempotency_key", "conditional(key)"),
    "unique-constraint": ("*, idempotency_key", "claimed(key, idempotency_key)"),
    "client-key": ("*, idempotency_key", "asked(key)"),
}
LOGIC = """
import copies_of_effects
{imports}

def handle_{message}(message, {arguments}):
    key = "{name}/" + message.order_id
    {first}copies_of_effects.{effect}
"""
TOLD = "telling.tell(message)\n    "
TELLING = """
import messages
import publish

def tell(message):
    first, *others = [
        messages.OrderPacked(order_id=message.order_id + part, customer=message.customer, n=message.n) for part in "abc"
    ]
    publish.publish_order_packed(first)
    publish.publish_order_packed_batch(others)
"""
PARTS = "abc"
"""What is told of one message, each part with a key of its own."""
EFFECTS = """
import boto3
import psycopg

try:
    from copies import conditional as condition
except ImportError:
    pass
try:
    from copies import claim
except ImportError:
    pass

CONNECTIONS = []

def _write(key, **condition):
    boto3.client("dynamodb").update_item(
        TableName="effects", Key={"id": {"S": key}}, UpdateExpression="SET seen = :yes ADD n :one",
        ExpressionAttributeValues={":yes": {"BOOL": True}, ":one": {"N": "1"}}, **condition,
    )

def plain(key):
    _write(key)

def conditional(key):
    with condition():
        _write(key, ConditionExpression="attribute_not_exists(seen)")

def claimed(key, idempotency_key):
    if not CONNECTIONS:
        CONNECTIONS.append(psycopg.connect("ledger"))
    (connection,) = CONNECTIONS
    try:
        cursor = connection.cursor()
        claim(cursor, idempotency_key)
        cursor.execute("INSERT INTO effects (id) VALUES (%s)", (key,))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise

def asked(key):
    boto3.client("sqs").send_message(QueueUrl="service", MessageBody=key, MessageDeduplicationId=key)
"""


def written(place: Place) -> dict[str, str]:
    """The team's modules of a consumer. What is told is told first: of a copy whose effect is there already nothing is told."""
    arguments, effect = WAYS[place.consumer.way]
    logic = LOGIC.format(
        arguments=arguments,
        name=place.name,
        effect=effect,
        message="order_packed" if place.chain else "order_placed",
        imports="import telling" if place.consumer.then else "",
        first=TOLD if place.consumer.then else "",
    )
    told = {"telling": TELLING} if place.consumer.then else {}
    return {f"{place.name}_logic": logic, "copies_of_effects": EFFECTS, **told}
