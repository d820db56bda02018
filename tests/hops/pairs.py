"""A small topology for each pair of kinds that a hop joins."""

from tests.topologies import complete

_EXTERNAL = (
    'producers:\n  shop: {{type: external, principal: "111122223333", publishes: {{message: OrderPlaced, to: {to}}}}}\n'
)
_API = 'producers:\n  checkout: {{type: api, route: "POST /orders/{{id}}", auth: iam, publishes: {{message: OrderPlaced, to: {to}}}}}\n'
_FUNCTION = "producers:\n  shop: {{type: function, publishes: {{message: OrderPlaced, to: {to}}}}}\n"

_SERVICE = "producers:\n  shop: {{type: service, publishes: {{message: OrderPlaced, to: {to}}}}}\n"
_POOL = (
    "consumers:\n  warehouse:\n    type: service\n    from: work\n    image: warehouse:1.4\n"
    "    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}\n"
)

_SCHEDULE = (
    "producers:\n  nightly: {{type: schedule, every: rate(1 day), payload: {{order_id: a}}, "
    "publishes: {{message: OrderPlaced, to: {to}}}}}\n"
)

_TABLE = "stores:\n  ledger: {type: dynamodb, key: id, stream: new-image}\n"
_BUCKET = "stores:\n  papers: {type: s3, stream: created}\n"
_TOLD = "{source: papers, messages: [OrderPlaced]}"
_OUTBOX = (
    "stores:\n  rows: {{type: dynamodb, key: aggregate, sort_key: row_id, stream: new-image, "
    "indexes: {{unsent: {{key: unsent, sort_key: row_id}}}}}}\n"
    "producers:\n  relay: {{type: outbox, store: rows, publishes: {{message: OrderPlaced, to: {to}}}}}\n"
)
_SAGA = (
    "producers:\n  shop: {{type: function, publishes: {{message: OrderPlaced, to: place}}}}\n"
    "consumers:\n  book: {{}}\nsagas:\n  place: {{steps: [{steps}]}}\n"
)
_PIPED = {
    "Bus": "buses:\n  commerce: {{from: {{{source}}}}}\n",
    "Queue": "queues:\n  work: {{from: {{{source}, via: pipe}}}}\n",
    "Stream": "streams:\n  views: {{from: {{{source}}}}}\n",
    "Topic": "topics:\n  orders: {{from: {{{source}}}}}\n",
    "Endpoint": "consumers:\n  partner: {{type: http, url: 'https://partner.example/hooks', "
    "auth: {{type: api-key, secret: partner-key}}, rate: 50/s, headers: {{x-tenant: shop}}, from: {{{source}}}}}\n",
}


def _beside(first: str, second: str) -> str:
    """Two fragments, whose components stand in one section where they are of one kind."""
    section, own = second.split("\n", 1)
    return first + (own if f"{section}\n" in first else second)


PAIRS: dict[tuple[str, str], str] = {
    pair: complete(fragment).replace('alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}\n', "")
    for pair, fragment in {
        ("Api", "Bus"): _API.format(to="commerce") + "buses:\n  commerce: {}\n",
        ("Api", "Function"): _API.format(to="work") + "consumers:\n  work: {}\n",
        ("Api", "Queue"): _API.format(to="intake") + "queues:\n  intake: {}\n",
        ("Bus", "Function"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\nconsumers:\n  work: {from: commerce}\n",
        ("Api", "Topic"): _API.format(to="orders") + "topics:\n  orders: {}\n",
        ("Bus", "Queue"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\nqueues:\n  work: {from: commerce}\n",
        ("Bus", "Bus"): _EXTERNAL.format(to="commerce") + "buses:\n  commerce: {}\n  audit: {from: commerce}\n",
        ("Bus", "Stream"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\nstreams:\n  clicks: {from: commerce}\n",
        ("Bus", "Topic"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\ntopics:\n  orders: {from: commerce}\n",
        ("Api", "Stream"): _API.format(to="clicks") + "streams:\n  clicks: {}\n",
        ("Schedule", "Stream"): _SCHEDULE.format(to="clicks") + "streams:\n  clicks: {}\n",
        **{
            (source, target): _beside(
                first,
                _PIPED[target].format(source=said),
            )
            for source, first, said in (
                ("Queue", _EXTERNAL.format(to="intake") + "queues:\n  intake: {}\n", "source: intake"),
                (
                    "Stream",
                    _EXTERNAL.format(to="clicks") + "streams:\n  clicks: {}\n",
                    "source: clicks, start: oldest",
                ),
                ("Table", _TABLE, "source: ledger, start: oldest, messages: [OrderPlaced]"),
            )
            for target in _PIPED
        },
        ("Table", "Function"): _TABLE
        + "consumers:\n  work: {from: {source: ledger, start: oldest, messages: [OrderPlaced]}}\n",
        ("Bucket", "Endpoint"): _BUCKET + "consumers:\n  partner: {type: http, url: 'https://partner.example/hooks', "
        f"auth: {{type: api-key, secret: partner-key}}, rate: 50/s, from: {_TOLD}}}\n",
        ("Bucket", "Function"): _BUCKET + f"consumers:\n  work: {{from: {_TOLD}}}\n",
        ("Bucket", "Log"): _BUCKET + f"consumers:\n  audit: {{type: log, from: {_TOLD}}}\n",
        ("Bucket", "Queue"): _BUCKET + f"queues:\n  work: {{from: {_TOLD}}}\n",
        ("Bucket", "Stream"): _BUCKET + f"streams:\n  clicks: {{from: {_TOLD}}}\n",
        ("Bucket", "Topic"): _BUCKET + f"topics:\n  orders: {{from: {_TOLD}}}\n",
        ("Bus", "Endpoint"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\nconsumers:\n  partner: {type: http, url: 'https://partner.example/hooks', "
        "auth: {type: api-key, secret: partner-key}, rate: 50/s, from: commerce}\n",
        ("Bus", "ExternalConsumer"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\nconsumers:\n  warehouse: {type: external, from: commerce, "
        "endpoint: 'arn:aws:events:eu-central-1:444455556666:event-bus/warehouse'}\n",
        ("Bus", "Log"): _EXTERNAL.format(to="commerce")
        + "buses:\n  commerce: {}\nconsumers:\n  audit: {type: log, from: commerce}\n",
        ("Queue", "ExternalConsumer"): _EXTERNAL.format(to="work")
        + "queues:\n  work: {}\nconsumers:\n  warehouse: {type: external, principal: '444455556666', from: work}\n",
        ("Stream", "ExternalConsumer"): _EXTERNAL.format(to="clicks")
        + "streams:\n  clicks: {}\nconsumers:\n  warehouse: {type: external, principal: '444455556666', from: clicks}\n",
        ("Topic", "Email"): _EXTERNAL.format(to="orders")
        + "topics:\n  orders: {}\nconsumers:\n  ops: {type: email, address: ops@shop.example, from: orders}\n",
        ("Topic", "Endpoint"): _EXTERNAL.format(to="orders")
        + "topics:\n  orders: {}\nconsumers:\n  partner: {type: http, url: 'https://partner.example/hooks', "
        "auth: {none: it checks SNS's signature}, rate: 50/s, from: orders}\n",
        ("Topic", "ExternalConsumer"): _EXTERNAL.format(to="orders")
        + "topics:\n  orders: {}\nconsumers:\n  warehouse: {type: external, principal: '444455556666', from: orders}\n",
        ("External", "Bus"): _EXTERNAL.format(to="commerce") + "buses:\n  commerce: {}\n",
        ("External", "Queue"): _EXTERNAL.format(to="work") + "queues:\n  work: {}\n",
        ("External", "Topic"): _EXTERNAL.format(to="orders") + "topics:\n  orders: {}\n",
        ("Function", "Bus"): _FUNCTION.format(to="commerce") + "buses:\n  commerce: {}\n",
        ("Function", "Queue"): _FUNCTION.format(to="work") + "queues:\n  work: {}\n",
        ("External", "Stream"): _EXTERNAL.format(to="clicks") + "streams:\n  clicks: {}\n",
        ("Function", "Stream"): _FUNCTION.format(to="clicks") + "streams:\n  clicks: {}\n",
        ("Stream", "Function"): _EXTERNAL.format(to="clicks")
        + "streams:\n  clicks: {}\nconsumers:\n  work: {from: {source: clicks, start: oldest}}\n",
        (
            "Function",
            "Table",
        ): "consumers:\n  work: {effects: [ledger]}\nstores:\n  ledger: {type: dynamodb, key: id}\n",
        ("Function", "Bucket"): "consumers:\n  work: {effects: [papers]}\nstores:\n  papers: {type: s3}\n",
        (
            "Function",
            "Database",
        ): "consumers:\n  work: {effects: [ledger]}\nstores:\n  ledger: {type: postgres, secret: ledger}\n",
        ("Service", "Bucket"): "queues:\n  work: {}\n"
        + _POOL
        + "    uses: {papers: read}\nstores:\n  papers: {type: s3}\n",
        ("Service", "Database"): "queues:\n  work: {}\n"
        + _POOL
        + "    effects: [ledger]\nstores:\n  ledger: {type: postgres, secret: ledger}\n",
        ("Function", "Topic"): _FUNCTION.format(to="orders") + "topics:\n  orders: {}\n",
        ("Database", "Outbox"): "stores:\n  ledger: {type: postgres, secret: ledger}\n"
        "producers:\n  relay: {type: outbox, store: ledger, publishes: {message: OrderPlaced, to: work}, "
        'layers: ["arn:aws:lambda:eu-central-1:111122223333:layer:psycopg:3"]}\n'
        "queues:\n  work: {}\n",
        ("Outbox", "Bus"): _OUTBOX.format(to="commerce") + "buses:\n  commerce: {}\n",
        ("Outbox", "Queue"): _OUTBOX.format(to="work") + "queues:\n  work: {}\n",
        ("Outbox", "Stream"): _OUTBOX.format(to="clicks") + "streams:\n  clicks: {}\n",
        ("Outbox", "Topic"): _OUTBOX.format(to="orders") + "topics:\n  orders: {}\n",
        ("Table", "Outbox"): _OUTBOX.format(to="work") + "queues:\n  work: {}\n",
        ("Queue", "Function"): "queues:\n  work: {}\nconsumers:\n  fulfil: {from: work}\n",
        ("Queue", "Service"): "queues:\n  work: {}\n" + _POOL,
        ("Service", "Bus"): _SERVICE.format(to="commerce") + "buses:\n  commerce: {}\n",
        ("Service", "Queue"): _SERVICE.format(to="work") + "queues:\n  work: {}\n",
        ("Service", "Stream"): _SERVICE.format(to="clicks") + "streams:\n  clicks: {}\n",
        ("Service", "Table"): "queues:\n  work: {}\n"
        + _POOL
        + "    effects: [ledger]\nstores:\n  ledger: {type: dynamodb, key: id}\n",
        ("Service", "Topic"): _SERVICE.format(to="orders") + "topics:\n  orders: {}\n",
        ("Topic", "Function"): _EXTERNAL.format(to="orders")
        + "topics:\n  orders: {}\nconsumers:\n  work: {from: orders}\n",
        ("Schedule", "Bus"): _SCHEDULE.format(to="commerce") + "buses:\n  commerce: {}\n",
        ("Schedule", "Function"): _SCHEDULE.format(to="work") + "consumers:\n  work: {}\n",
        ("Schedule", "Queue"): _SCHEDULE.format(to="work") + "queues:\n  work: {}\n",
        ("Schedule", "Topic"): _SCHEDULE.format(to="orders") + "topics:\n  orders: {}\n",
        ("Function", "Saga"): _SAGA.format(steps="{do: book}"),
        ("Saga", "Bus"): _SAGA.format(steps="{publish: {message: OrderPlaced, to: commerce}}, {do: book}")
        + "buses:\n  commerce: {}\n",
        ("Saga", "Function"): _SAGA.format(steps="{do: book}"),
        ("Saga", "Queue"): _SAGA.format(
            steps="{do: book}, {name: ask, wait_for: callback, via: asked, message: OrderPlaced, timeout: 1d}"
        )
        + "queues:\n  asked: {}\n",
        ("Saga", "Saga"): _SAGA.format(steps="{saga: inner}") + "  inner: {steps: [{do: book}]}\n",
        ("Saga", "Topic"): _SAGA.format(steps="{publish: {message: OrderPlaced, to: orders}}, {do: book}")
        + "topics:\n  orders: {}\n",
        ("Service", "Saga"): _SERVICE.format(to="place")
        + "consumers:\n  book: {}\nsagas:\n  place: {steps: [{do: book}]}\n",
        ("Topic", "Queue"): _EXTERNAL.format(to="orders") + "topics:\n  orders: {}\nqueues:\n  work: {from: orders}\n",
    }.items()
}
