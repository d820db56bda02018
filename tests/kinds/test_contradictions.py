"""Parts that are valid by themselves, and cannot be together."""

from pathlib import Path

import pytest

from penstock.kinds.build import build
from penstock.source.schema_file import SchemaFiles, read_schema_file
from tests.topologies import complete, document_of

PARTNER = "aws.partner/example.com/123/orders"


def faults(fragment: str) -> list[tuple[str, str, str]]:
    """Code, marked text and message of each."""
    built = build(document_of(complete(fragment)), lambda name: read_schema_file(Path(name), name))
    return [(fault.code, fault.span.text, fault.message) for fault in built.faults]


def routes(*several: str) -> str:
    api = '{{type: api, route: "{}", auth: iam, publishes: {{message: OrderPlaced, to: q}}}}'
    producers = "".join(f"  p{number}: {api.format(route)}\n" for number, route in enumerate(several))
    return f"producers:\n{producers}queues: {{q: {{}}}}"


def test_one_variable_with_two_names() -> None:
    assert faults(routes("GET /orders/{id}", "POST /orders/{key}/lines")) == [
        (
            "REF007",
            'route: "POST /orders/{key}/lines"',
            "a part of the path is called {key}, but a REST API has one name for it, {id}",
        )
    ]
    assert faults(routes("GET /orders/{id}", "PUT /orders/{id}", "GET /{any}", "GET /orders/{id}/{key}")) == []


@pytest.mark.parametrize(("said", "field"), [("sort_key: id", "sort_key"), ("ttl_attribute: id", "ttl_attribute")])
def test_one_attribute_for_two_things(said: str, field: str) -> None:
    text = f"store 's' has one attribute, 'id', as `key` and as `{field}`"
    assert faults(f"stores: {{s: {{type: dynamodb, key: id, {said}}}}}") == [("REF011", said, text)]
    assert faults("stores: {s: {type: dynamodb, key: id, sort_key: part, ttl_attribute: end}}") == []


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("filter: {a: [1]}, filter_on: body", ["REF010"]),
        ("filter: {message: [x]}", ["REF010"]),
        ("filter: {a: [1]}", []),
        ("filter_on: body", []),
    ],
)
def test_messages_and_a_filter_that_cannot_see_them(more: str, codes: list[str]) -> None:
    fragment = f"topics: {{t: {{}}}}\nqueues: {{q: {{from: {{source: t, messages: [OrderPlaced], {more}}}}}}}"
    assert [code for code, _, _ in faults(fragment)] == codes


@pytest.mark.parametrize(
    ("fragment", "found"),
    [
        ("topics: {t: {archive: 30d}}", ("REF040", "archive: 30d")),
        ("streams: {s: {capacity: {shards: 2}, distribution: automatic}}", ("REF041", "distribution: automatic")),
        ("buses: {default: {physical_name: x}}", ("REF048", "physical_name: x")),
        ("buses: {default: {logging: {}}}", ("REF048", "logging: {}")),
        ("buses: {default: {tags: {a: b}}}", ("REF048", "tags: {a: b}")),
        ("buses: {b: {partner: aws.partner/a/b, physical_name: x}}", ("REF049", "physical_name: x")),
        ("buses: {b: {partner: aws.partner/a/b, event_source: x}}", ("REF049", "event_source: x")),
        ("queues: {q: {fair: true, fifo: {}}}", ("REF045", "fair: true")),
        ("queues: {q: {dlq: {max_receives: 3, redrive_allow: none}}}", ("REF046", "redrive_allow: none")),
        ("queues: {q: {dlq: {max_receives: 3, redrive_allow: sources}}}", ("REF046", "redrive_allow: sources")),
        ("queues: {q: {redrive_from: r}, r: {role: dead-letters}}", ("REF047", "redrive_from: r")),
        ("streams: {s: {fan_out: [c]}}\nconsumers: {c: {}}", ("REF042", "c")),
        ("streams: {s: {fan_out: [c, c]}}\nconsumers: {c: {from: {source: s, start: oldest}}}", ("REF006", "c")),
        ("streams: {s: {fan_out: [q]}}\nqueues: {q: {}}", ("REF003", "q")),
        (
            "queues: {q: {}}\nconsumers: {c: {from: {source: q, pollers: {min: 5, max: 4}}}}",
            ("REF043", "pollers: {min: 5, max: 4}"),
        ),
        (
            "queues: {q: {}}\nconsumers: {c: {from: {source: q, pollers: {}, max_concurrency: 5}}}",
            ("REF043", "pollers: {}"),
        ),
    ],
)
def test_what_aws_refuses_of_channels_and_their_readers(fragment: str, found: tuple[str, str]) -> None:
    assert [(code, text) for code, text, _ in faults(fragment)] == [found]


@pytest.mark.parametrize(
    "sender",
    [
        "producers: {p: {type: function, publishes: {message: OrderPlaced, to: b}}}",
        "producers: {p: {type: service, publishes: {message: OrderPlaced, to: b}}}",
        "producers: {p: {type: api, route: POST /p, auth: iam, publishes: {message: OrderPlaced, to: b}}}",
        "producers: {p: {type: external, principal: '111122223333', publishes: {message: OrderPlaced, to: b}}}",
        "producers: {p: {type: schedule, every: rate(1 day), payload: {}, publishes: {message: OrderPlaced, to: b}}}",
        "consumers: {p: {publishes: {message: OrderPlaced, to: b}}}",
        "queues: {q: {}}\nconsumers: {p: {type: service, image: 'a:1', from: q, VPC, publishes: {message: OrderPlaced, to: b}}}",
    ],
)
@pytest.mark.parametrize(
    "bus", [f"partner: {PARTNER}", f"existing: 'arn:aws:events:eu-central-1:111122223333:event-bus/{PARTNER}'"]
)
def test_nobody_but_the_partner_sends_to_his_bus(sender: str, bus: str) -> None:
    sender = sender.replace(
        "VPC", "vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}"
    )
    ((code, marked, text),) = faults(f"buses: {{b: {{{bus}}}}}\n{sender}")
    assert (code, marked) == ("REF050", "to: b")
    assert text.endswith("sends OrderPlaced to bus 'b', to which only the partner can send")
    assert faults(f"buses: {{b: {{}}}}\n{sender}") == []


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("buses: {BUS, s: {}}", ""),
        ("buses: {BUS}\nstreams: {s: {}}", ", start: latest"),
        ("buses: {BUS}\nqueues: {s: {}}", ", via: pipe"),
        (
            "buses: {BUS}\nstores: {s: {type: dynamodb, key: id, stream: new-image}}",
            ", start: latest, messages: [OrderPlaced]",
        ),
    ],
)
def test_nothing_is_brought_to_a_partners_bus(source: str, more: str) -> None:
    entry = f"source: s{more}"
    found = faults(source.replace("BUS", f"b: {{partner: {PARTNER}, from: {{{entry}}}}}"))
    text = "bus 'b' gets the events of a partner alone, so nothing can be brought to it from 's'"
    assert found == [("REF050", "source: s", text)]
    assert faults(source.replace("BUS", f"b: {{from: {{{entry}}}}}")) == []


def test_nobody_can_be_allowed_to_send_to_a_partners_bus() -> None:
    found = faults(f"buses: {{b: {{partner: {PARTNER}, allow: {{publish: ['111122223333']}}}}}}")
    assert [(code, text) for code, text, _ in found] == [("REF050", "'111122223333'")]
    endpoint = f"arn:aws:events:eu-central-1:444455556666:event-bus/{PARTNER}"
    found = faults(f"buses: {{b: {{}}}}\nconsumers: {{c: {{type: external, endpoint: '{endpoint}', from: b}}}}")
    assert [code for code, _, _ in found] == ["REF050"]


def test_more_filters_than_lambda_takes() -> None:
    filters = ", ".join(f"{{a: [{number}]}}" for number in range(11))
    fragment = f"KIND\nconsumers: {{c: {{from: {{source: s, START filter: [{filters}]}}}}}}"
    queue = fragment.replace("KIND", "queues: {s: {}}").replace("START ", "")
    stream = fragment.replace("KIND", "streams: {s: {}}").replace("START", "start: oldest,")
    topic = fragment.replace("KIND", "topics: {s: {}}").replace("START ", "")
    text = "function 'c' has 11 filters for one source, but Lambda takes 10 at most"
    assert [(code, message) for code, _, message in faults(queue)] == [("REF044", text)]
    assert [(code, message) for code, _, message in faults(stream)] == [("REF044", text)]
    assert faults(topic) == []


def test_more_sources_than_a_dead_letter_queue_can_name() -> None:
    sources = "".join(
        f"  q{number}: {{physical_name: q{number}, dlq: {{queue: d, max_receives: 3}}}}\n" for number in range(11)
    )
    text = "queue 'd' can name 10 queues that may give up to it, but 11 do"
    found = faults(f"queues:\n{sources}  d: {{redrive_allow: sources}}\n")
    assert [(code, message) for code, _, message in found] == [("REF046", text)]
    assert faults(f"queues:\n{sources}  d: {{}}\n") == []


def test_a_physical_name_belongs_to_one_queue() -> None:
    text = complete("queues:\n  a: {physical_name: orders}\n  b: {physical_name: orders}\n")
    (found,) = build(document_of(text), SchemaFiles(Path())).faults
    assert (found.code, found.message) == ("REF013", "two queue components have the physical name 'orders'")


def routes_with(*several: str) -> str:
    producers = "".join(
        f"  p{number}: {{type: api, route: POST /p{number}, publishes: {{message: OrderPlaced, to: q}}, {said}}}\n"
        for number, said in enumerate(several)
    )
    return f"producers:\n{producers}queues: {{q: {{}}}}\nconsumers: {{judge: {{}}, worker: {{from: q}}}}"


@pytest.mark.parametrize(
    ("first", "second", "marked"),
    [
        ("auth: {api_key: {quota: 10/day}}", "auth: {api_key: {quota: 10/week}}", ["quota: 10/week"]),
        ("auth: {api_key: {quota: 10/day}}", "api: partners, auth: {api_key: {quota: 10/week}}", []),
        ("auth: {api_key: {quota: 10/day}}", "auth: api_key", []),
        ("auth: iam", "auth: {lambda: {function: judge, type: token}}", []),
        ("auth: iam", "auth: {lambda: {function: judge, identity: [query.a, query.b]}}", []),
        ("auth: iam", "auth: {lambda: {function: judge, type: token, identity: [query.a]}}", ["identity: [query.a]"]),
        ("auth: iam", "auth: {lambda: {function: worker}}", ["function: worker"]),
    ],
)
def test_what_the_authorization_of_routes_cannot_be_together(first: str, second: str, marked: list[str]) -> None:
    found = faults(routes_with(first, second))
    assert [(code, text) for code, text, _ in found] == [("REF016", text) for text in marked]


def test_one_route_in_two_apis() -> None:
    route = "{type: api, route: POST /orders, auth: iam, publishes: {message: OrderPlaced, to: q}%s}"
    both = f"producers:\n  a: {route % ''}\n  b: {route % ', api: partners'}\nqueues: {{q: {{}}}}"
    assert faults(both) == []
    assert [code for code, _, _ in faults(both.replace(", api: partners", ""))] == ["REF007"]


def test_the_accounts_own_bus_takes_no_defaults_of_buses_that_are_made() -> None:
    text = "defaults: {buses: {logging: {}, tags: {a: b}, encryption: {none: x}}}\nbuses: {default: {}}"
    assert faults(text) == []


IMAGE = '{image: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker:1"}'


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("handler: app.handle", [("REF017", "handler: app.handle")]),
        ("code: dist", [("REF018", "code: dist")]),
        ("code: {bucket: builds, key: a.zip}", [("REF018", "code: {bucket: builds, key: a.zip}")]),
        ("code: dist, handler: app.handle", []),
        (f"code: {IMAGE}", []),
        (f"code: {IMAGE}, handler: app.handle", [("REF019", "handler: app.handle")]),
        (f"code: {IMAGE}, runtime: python3.12", [("REF019", "runtime: python3.12")]),
    ],
)
def test_code_and_how_it_begins(said: str, found: list[tuple[str, str]]) -> None:
    told = faults(f"queues: {{q: {{}}}}\nconsumers: {{f: {{from: q, {said}}}}}")
    assert [(code, marked) for code, marked, _ in told] == found


def test_an_image_takes_no_defaults_of_what_it_brings_itself() -> None:
    defaults = "defaults: {consumers: {code: dist, handler: app.handle, runtime: python3.12}}"
    consumers = (
        f"consumers: {{f: {{from: q, code: {IMAGE}}}, g: {{from: r}}, h: {{from: s, code: null, handler: null}}}}"
    )
    assert faults(f"{defaults}\nqueues: {{q: {{}}, r: {{}}, s: {{}}}}\n{consumers}") == []


@pytest.mark.parametrize(("said", "codes"), [("fifo: {}", ["REF028"]), ("", [])])
def test_records_go_to_no_fifo_queue(said: str, codes: list[str]) -> None:
    told = faults(f"queues: {{q: {{}}, done: {{{said}}}}}\nconsumers: {{f: {{from: q, async: {{on_success: done}}}}}}")
    assert [code for code, _, _ in told] == codes


THEIRS = '"arn:aws:lambda:eu-central-1:111122223333:function:f"'


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("concurrency: {reserved: 4, provisioned: 5}", [("REF020", "provisioned: 5")]),
        ("concurrency: {reserved: 5, provisioned: 5}", []),
        ("concurrency: {provisioned: 5}", []),
        (f"existing: {THEIRS}, concurrency: {{provisioned: 5}}", [("REF030", "provisioned: 5")]),
    ],
)
def test_more_is_kept_warm_than_can_be(said: str, found: list[tuple[str, str]]) -> None:
    told = faults(f"queues: {{q: {{}}}}\nconsumers: {{f: {{from: q, {said}}}}}")
    assert [(code, marked) for code, marked, _ in told] == found
