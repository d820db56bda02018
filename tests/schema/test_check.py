"""What is said of one fault: its code, what carets mark, the message and the help."""

import pytest

from penstock.diagnostics import Severity
from penstock.schema import check
from tests.schema.everything import TEXT, document_of

HEAD = "penstock: 1\nname: a\n"

# A fragment of a topology, and for each diagnostic: code, marked text, message, help.
CASES = [
    # unknown keys
    (
        "queues: {orders: {visibility_timout: 30s}}",
        "SCH001",
        "visibility_timout",
        "queue 'orders' has an unknown key 'visibility_timout'",
        "did you mean 'visibility_timeout'?",
    ),
    (
        "queues: {orders: {visibilityTimeout: 30s}}",
        "SCH001",
        "visibilityTimeout",
        "queue 'orders' has an unknown key 'visibilityTimeout'",
        "did you mean 'visibility_timeout'?",
    ),
    ("queus: {}", "SCH001", "queus", "the topology has an unknown key 'queus'", "did you mean 'queues'?"),
    (
        "keys: {main: {colour: red}}",
        "SCH001",
        "colour",
        "key 'main' has an unknown key 'colour'",
        "possible here: only_in, existing, export, rotation",
    ),
    (
        "queues: {a: {dlq: {none: x, retention: 1d}}}",
        "SCH001",
        "retention",
        "queue 'a': 'dlq' has an unknown key 'retention'",
        "nothing else can stand beside 'none'",
    ),
    (
        "queues: {a: {from: [{source: b, source_: c}]}}",
        "SCH001",
        "source_",
        "queue 'a': 'from[0]' has an unknown key 'source_'",
        "'source' stands here already",
    ),
    (
        "queues: {a: {max_receives: 5}}",
        "SCH001",
        "max_receives",
        "queue 'a' has an unknown key 'max_receives'",
        "it belongs into the queue's `dlq`: `dlq: {max_receives: 5}`",
    ),
    (
        "defaults: {queues: {from: b}}",
        "SCH001",
        "from",
        "the topology: 'defaults.queues' has an unknown key 'from'",
        "an edge is written once, at one component",
    ),
    (
        "queues: {a: {dlq: {none: sent, cannot be undone}}}",
        "SCH001",
        "sent, cannot be undone",
        "queue 'a': 'dlq': the text of 'none' ends at its comma, and 'cannot be undone' became a key",
        'quote the whole text: none: "sent, cannot be undone"',
    ),
    # part of the language, not built yet
    # values of the wrong type
    (
        "queues: {a: {retention: 14}}",
        "SCH003",
        "14",
        "queue 'a': 'retention' is 14, but a duration needs its unit",
        "write 14d, 14m or 14h",
    ),
    (
        "consumers: {a: {memory: 256}}",
        "SCH003",
        "256",
        "consumer 'a': 'memory' is 256, but a size needs its unit",
        "write 256MiB",
    ),
    (
        "consumers: {a: {log_retention: 14}}",
        "SCH003",
        "14",
        "consumer 'a': 'log_retention' is 14, but a duration needs its unit",
        "write 14d",
    ),
    (
        "producers: {a: {type: external, principal: 111122223333, publishes: {message: A, to: b}}}",
        "SCH003",
        "111122223333",
        "producer 'a': 'principal' is a number, but a principal (a 12-digit account id or an IAM ARN) is a text",
        'put quotes around it: "111122223333"',
    ),
    (
        "tags: {archived: true}",
        "SCH003",
        "true",
        "the topology: 'tags.archived' is a boolean, but a tag value is a text",
        'put quotes around it: "true"',
    ),
    (
        'queues: {a: {dlq: {max_receives: "5"}}}',
        "SCH003",
        '"5"',
        "queue 'a': 'dlq.max_receives' is the text '5', but a number of receives is expected",
        "write 5 without quotes",
    ),
    (
        "queues: {a: {from: {source: b, raw: yes}}}",
        "SCH003",
        "yes",
        "queue 'a': 'from.raw' is the text 'yes', but a boolean (true or false) is expected",
        "write true without quotes",
    ),
    (
        "queues: {a: {dlq: {max_receives: 5.0}}}",
        "SCH003",
        "5.0",
        "queue 'a': 'dlq.max_receives' is 5.0, but a whole number is expected",
        "write 5",
    ),
    (
        "queues: [a, b]",
        "SCH003",
        "queues: [a, b]",
        "the topology: 'queues' is a list, but a mapping of names to components is expected",
        "the names are keys, for example {intake: {from: orders}}",
    ),
    (
        "queues:",
        "SCH003",
        "queues:",
        "the topology: 'queues' is empty, but a mapping of names to components is expected",
        "for example {intake: {from: orders}}",
    ),
    (
        "topics: {a: {fifo: true}}",
        "SCH003",
        "true",
        "topic 'a': 'fifo' is true, but a mapping is expected",
        "for example {deduplication: content}",
    ),
    ("stores: {a: }", "SCH003", "a:", "store 'a' is empty, but a mapping is expected", "it needs 'type'"),
    (
        "queues: {a: {encryption: {}}}",
        "SCH003",
        "encryption: {}",
        "queue 'a': 'encryption' is a mapping, but a kind of encryption is expected",
        "for example service, {key: main} or {none: nothing personal in it}",
    ),
    # values that are none of the possible ones
    (
        "queues: {a: {fifo: {deduplication: contents}}}",
        "SCH003",
        "contents",
        "queue 'a': 'fifo.deduplication' is 'contents', but only content and explicit are possible",
        "did you mean 'content'?",
    ),
    (
        "queues: {a: {encryption: kms}}",
        "SCH003",
        "kms",
        "queue 'a': 'encryption' is 'kms', but a kind of encryption is expected",
        "for example service, {key: main} or {none: nothing personal in it}",
    ),
    (
        "consumers: {a: {log_retention: 10d}}",
        "SCH003",
        "10d",
        "consumer 'a': 'log_retention' is '10d', but that is none of the possible values",
        "did you mean '14d'?",
    ),
    (
        "queues: {a: {retention: 5 days}}",
        "SCH003",
        "5 days",
        "queue 'a': 'retention' is '5 days', but that is no duration",
        "did you mean '5d'?",
    ),
    (
        "queues: {a: {retention: 1w}}",
        "SCH003",
        "1w",
        "queue 'a': 'retention' is '1w', but that is no duration",
        "did you mean '7d'?",
    ),
    (
        "queues: {a: {max_size: 256KB}}",
        "SCH003",
        "256KB",
        "queue 'a': 'max_size' is '256KB', but that is no size",
        "did you mean '256KiB'?",
    ),
    (
        "queues: {a: {dlq: failed}}",
        "SCH003",
        "failed",
        "queue 'a': 'dlq' is 'failed', but a dead-letter queue is expected",
        "for example {max_receives: 5}, {queue: orders-failed} or {none: the upstream resends every hour}",
    ),
    (
        "consumers: {a: {runtime: python3.9}}",
        "SCH003",
        "python3.9",
        (
            "consumer 'a': 'runtime' is 'python3.9', but only python3.11, python3.12, python3.13, python3.14, nodejs22.x and "
            "nodejs24.x are possible"
        ),
        "The Lambda runtime. What is generated for `nodejs*` is TypeScript, which `npm ci && npm run build` makes deployable.",
    ),
    (
        "producers: {a: {type: api, route: GET /, auth: iam, throttle: {rate: 10 rps, burst: 2}, publishes: {message: A, to: b}}}",
        "SCH003",
        "10 rps",
        "producer 'a': 'throttle.rate' is '10 rps', but that is no rate",
        "did you mean '10/s'?",
    ),
    (
        "stores: {a: dynamodb}",
        "SCH003",
        "dynamodb",
        "store 'a' is 'dynamodb', but a mapping is expected",
        "it needs 'type'",
    ),
    (
        "queues: {a: {delay: soon}}",
        "SCH003",
        "soon",
        "queue 'a': 'delay' is 'soon', but that is no duration",
        "for example 30s",
    ),
    (
        "producers: {a: {type: api, route: /orders, auth: iam, publishes: {message: A, to: b}}}",
        "SCH003",
        "/orders",
        "producer 'a': 'route' is '/orders', but a route is expected",
        "for example POST /orders",
    ),
    (
        "messages: {A: {schema: {}, key: $.id}}",
        "SCH003",
        "$.id",
        "message 'A': 'key' is '$.id', but a dotted path is expected",
        "for example order_id",
    ),
    (
        "tags: {aws:a: b}",
        "SCH003",
        "aws:a",
        "the topology: 'tags': 'aws:a' cannot be a tag key (1 to 128 characters, not starting with aws:)",
        None,
    ),
    (
        "queues: {a: {from: []}}",
        "SCH003",
        "from: []",
        "queue 'a': 'from' is empty",
        "leave the key out, or give it a value, for example orders or {source: orders}",
    ),
    # missing keys
    (
        "stores: {a: {type: dynamodb}}",
        "SCH004",
        "a: {type: dynamodb}",
        "store 'a' has no 'key'",
        "add 'key: id'. The partition key: the attribute that finds an item. Its values are strings.",
    ),
    (
        "producers: {a: {principal: x}}",
        "SCH004",
        "a: {principal: x}",
        "producer 'a' has no 'type'",
        "add 'type': only api, function, service, schedule, external and outbox are possible",
    ),
    (
        "queues: {a: {from: {}}}",
        "SCH004",
        "from: {}",
        "queue 'a': 'from' has no 'source'",
        "add 'source: order-intake'. The topic, bus, queue, stream or store with a stream that is read.",
    ),
    # ranges
    (
        "queues: {a: {visibility_timeout: 13h}}",
        "SCH005",
        "13h",
        "queue 'a': 'visibility_timeout' is 13h, but at most 12h is possible",
        "AWS sets this limit: botocore 1.44.5 sqs CreateQueue",
    ),
    (
        "queues: {a: {retention: 59s}}",
        "SCH005",
        "59s",
        "queue 'a': 'retention' is 59s, but at least 60s is needed",
        "AWS sets this limit: botocore 1.44.5 sqs CreateQueue",
    ),
    (
        "queues: {a: {delay: 1500ms}}",
        "SCH005",
        "1500ms",
        "queue 'a': 'delay' is 1500ms, but only multiples of 1s are possible",
        "AWS sets this limit: botocore 1.44.5 sqs CreateQueue",
    ),
    (
        "consumers: {a: {from: {source: b, max_concurrency: 1}}}",
        "SCH005",
        "1",
        "consumer 'a': 'from.max_concurrency' is 1, but at least 2 is possible",
        "AWS sets this limit: botocore 1.44.5 lambda CreateEventSourceMapping",
    ),
    (
        f"messages: {{A: {{schema: {{}}, detail_type: {'x' * 129}}}}}",
        "SCH005",
        "x" * 129,
        "message 'A': 'detail_type' has 129 characters, but at most 128 are possible",
        "AWS sets this limit: botocore 1.44.5 events PutEvents",
    ),
    # names
    (
        "queues: {Order_Queue: {}}",
        "SCH006",
        "Order_Queue",
        "'Order_Queue' cannot be a component name",
        "small letters, digits and hyphens, such as 'order-queue'",
    ),
    (
        "messages: {order-placed: {schema: {}}}",
        "SCH006",
        "order-placed",
        "'order-placed' cannot be a message name",
        "a capital letter, then letters and digits, such as 'OrderPlaced'",
    ),
    (
        "queues: {a: {from: OrdersTopic}}",
        "SCH006",
        "OrdersTopic",
        "queue 'a': 'from' is 'OrdersTopic', but that cannot be a component's name",
        "small letters, digits and hyphens, such as 'orders-topic'",
    ),
]


def test_a_topology_that_uses_every_key_is_valid() -> None:
    assert check(document_of(TEXT)) == []


@pytest.mark.parametrize(("fragment", "code", "marked", "message", "help_"), CASES)
def test_one_fault(fragment: str, code: str, marked: str, message: str, help_: str | None) -> None:
    (told,) = check(document_of(HEAD + fragment + "\n"))
    assert (told.code, told.span.text, told.message, told.help) == (code, marked, message, help_)
    assert told.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- penstock: 1\n", "a topology is a mapping with keys such as 'penstock' and 'name', but this is a list"),
        ("orders\n", "a topology is a mapping with keys such as 'penstock' and 'name', but this is 'orders'"),
        ("5\n", "a topology is a mapping with keys such as 'penstock' and 'name', but this is 5"),
    ],
)
def test_no_mapping_at_all(text: str, message: str) -> None:
    (told,) = check(document_of(text))
    assert (told.code, told.message) == ("SCH003", message)


def test_an_empty_mapping_lacks_version_and_name() -> None:
    assert [told.message for told in check(document_of("{}\n"))] == [
        "the topology has no 'name'",
        "the topology has no 'penstock'",
    ]


def test_two_torn_texts_and_an_unknown_key() -> None:
    text = HEAD + "topics: {a: {encryption: {none: b, c d, e, colour: red}}}\n"
    assert [(told.code, told.span.text) for told in check(document_of(text))] == [
        ("SCH001", "b, c d, e"),
        ("SCH001", "colour"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "stores: {a: {type: s3, encryption: {none: b}}}",
        "stores: {a: {type: dynamodb, key: id, encryption: {none: b}}}",
        "defaults: {stores: {encryption: {none: b}}}",
    ],
)
def test_no_store_goes_without_encryption(text: str) -> None:
    (told,) = check(document_of(HEAD + text + "\n"))
    assert (told.code, told.span.text) == ("SCH001", "none")
    assert told.help is not None
    assert "remove `encryption`, or name a key" in told.help


def test_data_that_is_no_json() -> None:
    document = document_of(TEXT)
    document.data["queues"]["plain"]["dlq"]["none"] = "\ud800"
    (told,) = check(document)
    assert told.message == "this is no JSON data: it holds text that is no Unicode, or it is nested too deeply"


def test_another_version_of_the_language() -> None:
    (told,) = check(document_of("penstock: 2\nname: a\n"))
    assert told.message == "the topology: 'penstock' is 2, but only 1 is possible"


def test_all_faults_are_told_in_the_order_of_the_text() -> None:
    text = """\
penstock: 1
name: a
queues:
  right: {retention: 4d}
  wrong: {retention: 15d, dlq: {max_receives: 0, tags: {a: 1}}, alarms: {queue_age: 5}}
  Bad: {}
topics: {a: {fifo: 3, achive: 30d}}
consumers: {b: {typ: function}}
"""
    told = [(each.code, each.span.text) for each in check(document_of(text))]
    assert told == [
        ("SCH005", "15d"),
        ("SCH005", "0"),
        ("SCH003", "1"),
        ("SCH003", "5"),
        ("SCH006", "Bad"),
        ("SCH003", "3"),
        ("SCH001", "achive"),
        ("SCH001", "typ"),
    ]


def test_a_misspelt_key_is_not_also_missing() -> None:
    (told,) = check(document_of(HEAD + "stores: {a: {type: dynamodb, keys: id}}\n"))
    assert (told.code, told.help) == ("SCH001", "did you mean 'key'?")


def test_defaults_give_what_a_component_leaves_out() -> None:
    without = "consumers: {a: {idempotency: {key: order_id}}}\n"
    (told,) = check(document_of(HEAD + without))
    assert (told.code, told.message) == ("SCH004", "consumer 'a': 'idempotency' has no 'strategy'")
    defaults = "defaults: {consumers: {idempotency: {strategy: table}}}\n"
    assert check(document_of(HEAD + defaults + without)) == []
    assert check(document_of(HEAD + "defaults: {consumers: {idempotency: {ttl: 1d}}}\n")) == []


@pytest.mark.parametrize(
    ("fragment", "fixed"),
    [
        ("queues: {a: {visibility_timout: 30s}}", "queues: {a: {visibility_timeout: 30s}}"),
        ("queues: {a: {retention: 5 days}}", "queues: {a: {retention: 5d}}"),
        ('queues: {a: {dlq: {max_receives: "5"}}}', "queues: {a: {dlq: {max_receives: 5}}}"),
        ("tags: {a: 7.50}", 'tags: {a: "7.50"}'),
        ("topics: {a: {encryption: {none: b, c}}}", 'topics: {a: {encryption: {none: "b, c"}}}'),
        ("queues: {a: {fifo: {throughput: queues}}}", "queues: {a: {fifo: {throughput: queue}}}"),
    ],
)
def test_a_fix_leaves_a_valid_topology(fragment: str, fixed: str) -> None:
    text = HEAD + fragment + "\n"
    (told,) = check(document_of(text))
    assert told.fix is not None
    (edit,) = told.fix.edits
    after = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    assert after == HEAD + fixed + "\n"
    assert check(document_of(after)) == []
