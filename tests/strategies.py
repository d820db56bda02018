"""Random topologies that say everything that this version builds, and nothing that AWS would refuse to join."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from tests.saga_strategies import SagaWriter

T = TypeVar("T")
Data = dict[str, Any]
Draw = Callable[[st.SearchStrategy[T]], T]

PARTS = (
    "a",
    "b",
    "from",
    "as",
    "to",
    "for",
    "queue",
    "topic",
    "bus",
    "function",
    "orders",
    "n1",
    "v2",
    "rule",
    "policy",
)
"""What names are made of: few, and many of them words that logical ids are made of, so that names come close to each other."""
LATER_PARTS = (*PARTS, "1", "22", "x-1")
MESSAGES = ("OrderPlaced", "OrderPaid", "Heartbeat")
ROUTES = (
    "GET /",
    "POST /orders",
    "GET /orders/{id}",
    "PUT /orders/{id}",
    "POST /orders/{id}/lines",
    "POST /orders-lines",
    "POST /orders/lines",
    "DELETE /Orders",
)
ARN = "arn:aws:sns:eu-central-1:111122223333:alerts"


class Generated(NamedTuple):
    """A topology as plain data and as text."""

    data: Data
    text: str


_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc]
    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def written(data: Data) -> Generated:
    """A topology with its text, in which nothing is an alias."""
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return Generated(data, text)


def names() -> st.SearchStrategy[str]:
    """Names of components."""
    later = st.lists(st.sampled_from(LATER_PARTS), max_size=4)
    return st.builds(lambda first, rest: "-".join([first, *rest]), st.sampled_from(PARTS), later)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """Something, or nothing."""
    return st.none() | strategy


def stated(**values: object) -> Data:
    """The keys that have something to say."""
    return {key.rstrip("_"): value for key, value in values.items() if value is not None}


@st.composite
def topologies(draw: st.DrawFn, *, sound: bool = False) -> Generated:
    """A valid topology over the whole of what is built; in a ``sound`` one the linter seldom finds an error."""
    return written(_Writer(draw, sound=sound).topology())


class _Writer:
    """Draws the sections one after another; each knows the names of those before it."""

    def __init__(self, draw: st.DrawFn, *, sound: bool) -> None:
        self.draw = draw
        self.sound = sound
        self.names = iter(draw(st.lists(names(), min_size=32, max_size=32, unique=True)))
        self.keys: list[str] = []
        self.stores: list[str] = []
        self.others: list[str] = []
        self.buckets: list[str] = []
        self.fifo: dict[str, bool] = {}
        self.last: list[str] = []
        self.views: dict[str, str | None] = {}
        self.only_piped: list[str] = []
        self.telling: list[str] = []
        self.open: set[str] = set()
        self.plain = sound and bool(self._one(1, 1, 0))
        """Whether messages keep their names and their form wherever they go: few readers understand the others."""

    def topology(self) -> Data:
        messages = self._messages()
        self.keys = self._some(2)
        self.stores = self._some(3)
        self.others = self._some(2)
        self.buckets = [name for name in self.others if self._chance()]
        self.telling = [name for name in self.buckets if self._chance()]
        self._offload(messages)
        topics = {name: self._topic(name) for name in self._some(3)}
        buses = {name: self._bus(name) for name in self._some(2)}
        if self._chance():
            buses["default"] = self._own_bus()
        partners = {name: self._partners_bus(name) for name in self._some(1)}
        last = {name: self._last_queue(name) for name in self._some(2)}
        self.last = list(last)
        streams = {name: self._stream(name) for name in self._some(2)}
        read = [*buses, *partners]
        self._rules({**{name: one for name, one in topics.items() if not self.fifo[name]}, **streams}, read)
        self._forwarding(buses, list(partners))
        queues = {name: self._queue(name, list(topics), read, list(last)) for name in self._some(4)}
        tables = self._tables()
        wrapping = {} if self.plain else {name: one for name, one in topics.items() if not self.fifo[name]} | buses
        self._pipes({**wrapping, **queues, **streams}, streams, tables)
        told = {} if self.plain else {name: one for name, one in topics.items() if not self.fifo[name]}
        self._told({**told, **queues, **streams})
        self._moves(queues)
        channels = [*topics, *buses, *queues, *streams]
        consumers = self._consumers(
            [name for name in queues if name not in self.only_piped],
            channels,
            [name for name in topics if not self.fifo[name]],
            read,
            list(streams),
        )
        defaults = self._defaults(list(last))
        self._ways_back(queues, defaults)
        for name, stream in streams.items():
            self._fan_out(name, stream, consumers)
        functions = [name for name, consumer in consumers.items() if "type" not in consumer]
        judges = self._some(1)
        producers = self._producers(channels, [*topics, *buses, *queues, *functions], list(last), judges)
        rows = self._outboxes(producers, consumers, channels)
        consumers |= {name: {} for name in judges}
        sagas = self._sagas(
            consumers, list(topics), [name for name in queues if name not in self.only_piped], list(buses)
        )
        data = stated(
            penstock=1,
            name=self.draw(st.sampled_from(["shop", "shop-2", "on"])),
            owner=self.draw(maybe(st.just("team"))),
            tags=self._tags(),
            defaults=defaults or None,
            messages=messages,
            producers=producers or None,
            topics=topics or None,
            buses={**buses, **partners} or None,
            queues={**last, **queues} or None,
            streams=streams or None,
            consumers=consumers or None,
            sagas=sagas or None,
            stores={name: self._store(name) for name in self.stores}
            | {name: self._other(name) for name in self.others}
            | rows
            or None,
            keys={name: self._key(name) for name in self.keys} or None,
            exports=self._one(None, "ssm"),
            alarms=self._alarms([name for name in topics if not self.fifo[name]]),
        )
        assume(
            any(
                key in data
                for key in ("topics", "buses", "queues", "streams", "consumers", "producers", "stores", "keys")
            )
        )
        assume(_inline_names_differ(data))
        return data

    def _sagas(self, consumers: Data, topics: list[str], queues: list[str], buses: list[str]) -> Data:
        """Now and then sagas, with the functions that they call."""
        if not (self._chance() and self._chance()):
            return {}
        writer = SagaWriter(self.draw, [*topics, *buses, *queues], queues, buses)
        sagas = writer.sagas()
        consumers |= writer.functions()
        return sagas

    def _ways_back(self, queues: Data, defaults: Data) -> None:
        """Perhaps the way back from a queue's own dead-letter queue, which it has not where the default is a shared one."""
        if "queue" in defaults.get("queues", {}).get("dlq", {}):
            return
        for name, queue in queues.items():
            if isinstance(queue.get("dlq"), dict) and "max_receives" in queue["dlq"] and "queue" not in queue["dlq"]:
                queue.update(stated(redrive_from=self._one(None, f"{name}-dlq") if len(name) < 60 else None))

    def _rules(self, targets: dict[str, Data], buses: list[str]) -> None:
        """What rules of buses bring to topics and streams."""
        for name, target in targets.items():
            bus = self._of(buses) if name not in self.fifo or not self.plain else None
            if bus:
                rule = self._rule(fifo=False)
                group = self._one(None, "customer.id") if name not in self.fifo else None
                dlq = self._dlq([queue for queue in self.last if not self.fifo[queue]])
                entry = stated(source=bus, dlq=dlq, group_by=group, enabled=self._said(value=False), **rule)
                target["from"] = self._one(bus, entry)

    def _forwarding(self, buses: Data, partners: list[str]) -> None:
        """An event goes from one bus to another at most once."""
        first, *others = [*partners, *buses] or [""]
        for name in others:
            if self._chance():
                buses[name]["from"] = [first]

    def _chance(self) -> bool:
        return self.draw(st.booleans())

    def _said(self, *, value: bool) -> bool | None:
        return self.draw(st.sampled_from([None, value]))

    def _unless_sound(self, value: T) -> list[T]:
        return [] if self.sound else [value]

    def _some(self, most: int) -> list[str]:
        return [next(self.names) for _ in range(self.draw(st.integers(0, most)))]

    def _one(self, *choices: T) -> T:
        return self.draw(st.sampled_from(choices))

    def _of(self, choices: Sequence[T]) -> T | None:
        return self.draw(st.sampled_from([None, *choices]))

    def _messages(self) -> Data:
        text = {"type": "string"}
        customer = {"type": "object", "properties": {"id": text}, "required": ["id"]}
        schema = {"type": "object", "properties": {"id": text, "customer": customer}, "required": ["id", "customer"]}
        return {
            name: stated(
                schema=schema,
                key=self._one("id", *self._unless_sound(None)),
                idempotency_key=self._one("id", "customer.id", *self._unless_sound(None)),
                max_size=self._one(None, "16KiB"),
                rate=self._one(None, {"average": "600/m"}, {"average": "5/s", "peak": "400/s"}),
                detail_type=None if self.plain else self._one(None, f"shop {name}"),
            )
            for name in MESSAGES
        }

    def _offload(self, messages: Data) -> None:
        """Some messages are kept in buckets; not in sound topologies, where who sends or reads them may have no code for it."""
        for message in messages.values():
            if not self.sound and (bucket := self._of(self.buckets)):
                message["offload"] = stated(store=bucket, above=self._one(None, "10KiB"))

    def _tags(self) -> Data | None:
        return self._one(None, None, {"team": "shop", "cost-centre": "0123"})

    def _encryption(self) -> object:
        return self.draw(
            st.sampled_from([None, None, "service", {"none": "public data"}, *({"key": key} for key in self.keys)])
        )

    def _store_encryption(self) -> object:
        """AWS encrypts every store, so none goes without."""
        return self.draw(st.sampled_from([None, "service", *({"key": key} for key in self.keys)]))

    def _published(self, name: str, made: Data) -> Data:
        export = self._one(None, self._said(value=True), {"ssm": f"/shop/{name}"}, {"stack": f"shop:{name}"})
        return {**made, **stated(export=export)}

    def _allow(self) -> Data | None:
        """Whom nothing else in a random topology names."""
        shop, account = "arn:aws:iam::777788889999:role/shop", "777788889999"
        both = {"publish": [account], "subscribe": [account, shop]}
        return self._one(None, None, {"publish": [shop]}, both)

    def _or_theirs(self, name: str, arn: str, made: Data, *described: str) -> Data:
        """Something that the stack makes or, less often, something that exists and of which only a part can be said."""
        if self._chance() and self._chance():
            arn = f"arn:aws:{arn}" + (".fifo" if "fifo" in made else "")
            place = self._one(arn, {"ssm": f"/theirs/{name}"}, {"export": f"theirs-{name}"})
            return {"existing": place, **{key: value for key, value in made.items() if key in described}}
        return self._published(name, made)

    def _topic(self, name: str) -> Data:
        self.fifo[name] = self._chance()
        copies: list[Data] = [
            {"deduplication": "content"},
            *self._unless_sound({}),
            *self._unless_sound({"throughput": "message-group"}),
        ]
        fifo = self._one(*copies) if self.fifo[name] else None
        made = stated(
            fifo=fifo,
            archive=self._one(None, "30d") if fifo is not None else None,
            max_size=self._one(None, "1MiB"),
            delivery_logging=self._one(None, None, {"sqs": 10, "lambda": 0}),
            encryption=self._encryption(),
            tags=self._tags(),
            alarms=self._signals("undelivered"),
            allow=self._allow(),
        )
        return self._or_theirs(name, f"sns:eu-central-1:111122223333:{name}", made, "fifo", "max_size", "encryption")

    def _bus(self, name: str) -> Data:
        encryption = self._encryption()
        keyed = isinstance(encryption, dict) and "key" in encryption
        queue = self._one({}, {"none": "sent again every hour"}, *self._unless_sound(None)) if keyed else None
        made = stated(
            encryption=encryption,
            dlq=queue,
            archive=self._one(None, "30d"),
            logging=self._one(None, None, {}, {"level": "trace", "detail": "full"}),
            schemas=self._said(value=True),
            alarms=self._signals("undelivered"),
            allow=self._allow(),
            **self._one({"event_source": "shop.events", "physical_name": f"{name}-bus"}, {}),
        )
        theirs = ("archive", "schemas", *(("event_source",) if "event_source" in made else ()))
        return self._or_theirs(name, f"events:eu-central-1:111122223333:event-bus/{name}", made, *theirs)

    def _partners_bus(self, name: str) -> Data:
        """A bus that only its partner sends to: others read it."""
        if self._chance() and self._chance():
            return {"existing": f"arn:aws:events:eu-central-1:111122223333:event-bus/aws.partner/example.com/{name}"}
        made = stated(
            partner=f"aws.partner/example.com/{name}",
            archive=self._one(None, "30d"),
            logging=self._one(None, {}),
            tags=self._tags(),
            alarms=self._signals("undelivered"),
        )
        return self._published(name, made)

    def _own_bus(self) -> Data:
        """The account's own bus."""
        return stated(
            event_source=self._one(None, "shop.events"),
            archive=self._one(None, "30d"),
            schemas=self._said(value=True),
            alarms=self._signals("undelivered"),
            allow=self._allow(),
        )

    def _stream(self, name: str) -> Data:
        capacity = self._one(None, "on-demand", {"shards": 2})
        encryption = self._encryption()
        if not self.sound or (isinstance(encryption, dict) and "key" in encryption):
            self.open.add(name)
        made = stated(
            capacity=capacity,
            max_record_size=self._one(None, "2MiB"),
            distribution=self._one(None, "key", *([] if isinstance(capacity, dict) else ["automatic"])),
            retention=self._one("7d", *self._unless_sound(None)),
            encryption=encryption,
            tags=self._tags(),
            alarms=self._signals("throttles"),
            allow=self._allow() if name in self.open else None,
        )
        arn = f"kinesis:eu-central-1:111122223333:stream/{name}"
        return self._or_theirs(name, arn, made, "retention", "max_record_size", "encryption")

    def _fan_out(self, name: str, stream: Data, consumers: Data) -> None:
        """Some of a stream's readers read it with a throughput of their own."""
        readers = [
            reader
            for reader, own in consumers.items()
            if "type" not in own and "existing" not in own
            if any(isinstance(entry, dict) and entry["source"] == name for entry in own.get("from", ()))
        ]
        chosen = [reader for reader in readers if self._chance()]
        if chosen:
            stream["fan_out"] = chosen

    def _last_queue(self, name: str) -> Data:
        self.fifo[name] = self._chance()
        made = stated(
            fifo={} if self.fifo[name] else None, role="dead-letters", retention="14d", encryption=self._encryption()
        )
        return self._or_theirs(name, f"sqs:eu-central-1:111122223333:{name}", made, "fifo", "role", "encryption")

    def _queue(self, name: str, topics: list[str], buses: list[str], last: list[str]) -> Data:
        fifo = self.fifo[name] = self._chance()
        sources = [source for source in topics if not fifo or self.fifo[source]] + buses
        chosen = self.draw(st.lists(st.sampled_from(sources), max_size=3, unique=True)) if sources else []
        entries = [self._delivery(source, source in buses, fifo=fifo, last=last) for source in chosen]
        again = [
            {"source": source, "id": "again"} for source in chosen if source in buses and not fifo and self._chance()
        ]
        made = stated(
            from_=[*entries, *again] or None,
            fifo=self._one({"deduplication": "content", "throughput": "message-group"}, *self._unless_sound({}))
            if fifo
            else None,
            visibility_timeout=self._one(None, "3m"),
            retention=self._one(None, "7d"),
            delay=self._one(None, "10s"),
            receive_wait=self._one(None, "20s"),
            max_size=self._one(None, "64KiB"),
            fair=None if fifo else self._said(value=True),
            dlq=self._dlq([queue for queue in last if self.fifo[queue] == fifo], max_receives=self._one(3, 10)),
            encryption=self._encryption(),
            tags=self._tags(),
            alarms=self._one(None, {"queue_age": "1h"}, {"queue_age": {"off": "nobody waits"}}),
        )
        made |= stated(allow=self._allow())
        described = ("fifo", "from", "encryption", "alarms", self._one("retention", "visibility_timeout"))
        return self._or_theirs(name, f"sqs:eu-central-1:111122223333:{name}", made, *described)

    def _dlq(self, shared: list[str], **more: object) -> object:
        inline = stated(**more, retention=self._one(None, "10d"), encryption=self._encryption())
        named = [{"queue": name, **more} for name in shared]
        return self.draw(
            st.sampled_from([*self._unless_sound(None), inline, {"none": "sent again every hour"}, *named])
        )

    def _delivery(self, source: str, from_bus: bool, *, fifo: bool, last: list[str]) -> object:  # noqa: FBT001 - what it is
        if not (self.sound and from_bus and fifo) and self._chance():
            return source
        wanted = False if from_bus else self.fifo[source]
        own = self._rule(fifo=fifo) if from_bus else self._subscription()
        if from_bus:
            own |= stated(payload=self._one(None, *self._unless_sound("detail")))
        shared = [queue for queue in last if self.fifo[queue] == wanted]
        return stated(source=source, dlq=self._dlq(shared), enabled=self._said(value=False), **own)

    def _subscription(self) -> Data:
        messages = self._one(None, ["OrderPlaced"], ["OrderPlaced", "OrderPaid"])
        one = {"region": ["eu", {"prefix": "us-"}], "total": [{"numeric": [">", 5]}]}
        filters = self._one(None, one, [one, {"vip": ["yes"]}])
        body = "body" if filters and not messages else None
        return stated(messages=messages, filter=filters, filter_on=self._one(None, body), raw=self._said(value=True))

    def _rule(self, *, fifo: bool) -> Data:
        narrowed: Data = self._one({}, {"messages": ["OrderPaid"]}, {"pattern": {"source": ["elsewhere"]}})
        retries = self._one(None, {"max_retries": 3}, {"max_age": "2h"}, {"max_retries": 0, "max_age": "1h"})
        group = self._one("customer.id", {"constant": "all"}, *self._unless_sound(None)) if fifo else None
        return stated(**narrowed, retries=retries, group_by=group)

    def _consumers(
        self, queues: list[str], channels: list[str], topics: list[str], buses: list[str], streams: list[str]
    ) -> Data:
        consumers = self._some(3)
        readers: dict[str, list[str]] = {name: [] for name in consumers}
        for queue in queues:
            reader = self._of(consumers)
            if reader:
                readers[reader].append(queue)
        pools = {name for name in consumers if self._one(0, 0, 1) and readers[name]}
        functions = {
            name: self._pool(readers[name], channels)
            if name in pools
            else self._consumer(
                name,
                [
                    *map(self._poll, readers[name]),
                    *self._directs(topics, buses),
                    *(self._told_by(bucket) for bucket in self.telling if self._chance()),
                    *self._readings(streams, list(filter(self.views.get, self.stores))),
                ],
                channels,
            )
            for name in consumers
        }
        return functions | self._sinks(topics, buses, queues, streams)

    def _sinks(self, topics: list[str], buses: list[str], queues: list[str], streams: list[str]) -> Data:
        """Consumers that are no functions."""
        sinks: Data = {}
        for name in self._some(3):
            kind = self._one("http", "log", "email", "external", "branch")
            kinds = {"http": [*topics, *buses], "log": buses, "email": topics, "branch": buses}
            sources = kinds.get(kind, [*topics, *queues, *(each for each in streams if each in self.open)])
            chosen = self.draw(st.lists(st.sampled_from(sources), max_size=2, unique=True)) if sources else []
            if not chosen:
                continue
            if kind == "external":
                principal = self._one(f"44445555{len(sinks):04}", f"arn:aws:iam::444455556666:role/{name}")
                reads = [stated(source=source, enabled=self._said(value=False)) for source in chosen]
                sinks[name] = {"type": "external", "principal": principal, "from": reads}
                continue
            entries: list[object] = [self._sunk(source, kind, from_bus=source in buses) for source in chosen]
            if kind == "http" and self._chance():
                entries += self._piped([*streams, *filter(self.views.get, self.stores)])
            sinks[name] = {**self._sink(kind), "from": entries}
        return sinks

    def _sink(self, kind: str) -> Data:
        """What a consumer that is no function says of itself."""
        if kind == "log":
            return stated(
                type="log", retention=self._one(None, "90d"), encryption=self._encryption(), tags=self._tags()
            )
        if kind == "email":
            return stated(type="email", address="ops@shop.example", format=self._one(None, "json"))
        if kind == "branch":
            return {"type": "external", "endpoint": "arn:aws:events:eu-central-1:444455556666:event-bus/branch"}
        key = {"type": "api-key", "secret": "partner-key", "field": "key"}
        basic = {"type": "basic", "secret": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:user-AbCdEf"}
        oauth = {"type": "oauth", "secret": "client", "token_url": "https://login.example/token", "scope": "a b"}
        return stated(
            type="http",
            url="https://partner.example/hooks?tenant=shop",
            method=self._one(None, "PUT"),
            headers=self._one(None, {"x-tenant": "shop", "x-a": "$${x}"}),
            auth=self._one(key, basic, oauth, {"none": "a public hook"}),
            rate=self._one("50/s", *self._unless_sound(None)),
            tags=self._tags(),
        )

    def _sunk(self, source: str, kind: str, *, from_bus: bool) -> Data:
        """A delivery to a consumer that is no function."""
        own = self._rule(fifo=False) if from_bus else self._subscription()
        if from_bus and kind == "http":
            own |= stated(payload=self._one(None, "detail", "detail.customer.id", "id"))
        if kind == "email":
            own.pop("raw", None)
        elif not from_bus:
            own |= stated(retries=self._one({"max_retries": 50, "max_age": "1h"}, *self._unless_sound(None)))
        dlq = self._dlq([name for name in self.last if not self.fifo[name]])
        return stated(source=source, dlq=dlq, enabled=self._said(value=False), **own)

    def _piped(self, readable: list[str]) -> list[object]:
        """What pipes bring to an endpoint."""
        made: list[object] = []
        if self.reserved:
            names = self._one(None, ["OrderPaid"])
            made.append(stated(source=self.reserved.pop(), messages=names, enabled=self._said(value=False)))
        if (source := self._of(readable)) is not None:
            reading: Data = {**self._reading(source), **self._image(source, self.stores)}
            reading.pop("batch", None)
            if retries := reading.get("retries"):
                reading["retries"] = {name: one for name, one in retries.items() if name != "bisect"}
            if "filter" in reading:
                reading["filter_on"] = "body"
            made.append(reading)
        return made

    def _pool(self, queues: list[str], channels: list[str]) -> Data:
        batch = self._one(None, {"size": 1}, *self._unless_sound({"size": 10}))
        sizes: Data = self._one({}, {"cpu": 1024, "memory": "2GiB"})
        return stated(
            type="service",
            from_=[self._one(queue, stated(source=queue, batch=batch)) for queue in queues],
            image=self._one(
                "warehouse:1.4",
                "111122223333.dkr.ecr.eu-central-1.amazonaws.com/a/b:1",
                "444455556666.dkr.ecr.us-east-1.amazonaws.com/b@sha256:0a",
            ),
            command=self._one(None, ["run", "$${x}"]),
            language=self._one(None, "typescript"),
            **sizes,
            architecture=self._one(None, "arm64"),
            scaling=self._one(None, {"max": 20, "backlog_per_task": 100}, {"min": 2, "max": 2, "backlog_per_task": 1}),
            processing_timeout=self._one(None, "10s"),
            time_per_message=self._one(None, "1ms"),
            heartbeat=self._one(None, "10s"),
            stop_timeout=self._one(None, "120s"),
            vpc={"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]},
            cluster=self._one(None, "workers"),
            effects=self.draw(
                maybe(st.lists(st.sampled_from(["the card", *self.stores, *self.others]), max_size=2, unique=True))
            ),
            idempotency=self._idempotency(),
            publishes=self._publications(channels) or None,
            alarms=self._one(None, {"missing_tasks": 2}, {"missing_tasks": {"off": "it may rest"}}),
            **self._code(),
        )

    def _directs(self, topics: list[str], buses: list[str]) -> list[object]:
        """What invokes a function itself."""
        sources = [*topics, *buses]
        chosen = self.draw(st.lists(st.sampled_from(sources), max_size=2, unique=True)) if sources else []
        return [self._direct(source, from_bus=source in buses) for source in chosen]

    def _direct(self, source: str, *, from_bus: bool) -> object:
        own = self._rule(fifo=False) if from_bus else self._subscription()
        own.pop("raw", None)
        dlq = self._dlq([name for name in self.last if not self.fifo[name]])
        return stated(source=source, dlq=dlq, enabled=self._said(value=False), **own)

    def _readings(self, streams: list[str], tables: list[str]) -> list[object]:
        """What Lambda reads for a function."""
        sources = [*streams, *tables]
        chosen = self.draw(st.lists(st.sampled_from(sources), max_size=2, unique=True)) if sources else []
        return [self._reading(source) | self._image(source, tables) | self._kept() for source in chosen]

    def _kept(self) -> Data:
        """Perhaps a bucket for what is given up."""
        chosen = self._one(None, *(name for name in self.buckets if name not in self.telling))
        return {"on_failure": {"bucket": chosen}} if chosen else {}

    def _image(self, source: str, tables: list[str]) -> Data:
        return {"messages": [self._one(*MESSAGES)]} if source in tables else {}

    def _tables(self) -> list[str]:
        """The stores that have a stream."""
        self.views = {name: self._one(None, "new-image", "old-image", "both", "keys") for name in self.stores}
        return [name for name, view in self.views.items() if view]

    def _pipes(self, targets: Data, streams: Data, tables: list[str]) -> None:
        """What pipes bring from streams and tables."""
        sources = [*streams, *tables]
        for name, target in targets.items():
            source = self._of([each for each in sources if each != name])
            if source is None or not self._chance():
                continue
            fifo = self.fifo.get(name, False)
            reading = self._reading(source)
            reading["batch"] = self._one({"size": 10}, {"size": 5, "window": "5s"})
            keyed = fifo or name in streams
            entry = {
                **reading,
                **self._image(source, tables),
                **stated(
                    via=self._one(None, "pipe"),
                    group_by=self._one(None, "customer.id", {"constant": "all"}) if keyed else None,
                    dedupe_by=self._one(None, "id") if fifo else None,
                    filter=self._one(None, {"total": [{"numeric": [">", 5]}]}) if source in streams else None,
                    filter_on="body" if source in streams else None,
                ),
            }
            known = target.get("from") or []
            target["from"] = [*(known if isinstance(known, list) else [known]), entry]

    def _told(self, targets: Data) -> None:
        """What buckets tell some channels."""
        for name, target in targets.items():
            bucket = self._of(self.telling)
            if bucket is None or "existing" in target:
                continue
            known = target.get("from") or []
            fifo = self.fifo.get(name, False)
            target["from"] = [*(known if isinstance(known, list) else [known]), self._told_by(bucket, fifo=fifo)]

    def _told_by(self, bucket: str, *, fifo: bool = False) -> Data:
        return stated(
            source=bucket,
            messages=[self._one(*MESSAGES)],
            pattern=self._one(None, {"detail": {"object": {"key": [{"prefix": "in/"}]}}}),
            retries=self._one(None, {"max_retries": 3, "max_age": "2h"}),
            dlq=self._dlq([queue for queue in self.last if not self.fifo[queue]]),
            group_by={"constant": "all"} if fifo else None,
            enabled=self._said(value=False),
        )

    def _moves(self, queues: Data) -> None:
        """A pipe from a queue that only senders fill into another one; and such a queue that an endpoint may have."""
        plain = [name for name, queue in queues.items() if not queue.get("from") and "existing" not in queue]
        self.reserved: list[str] = []
        if plain and self._chance():
            self.reserved = [plain.pop()]
            self.only_piped = list(self.reserved)
        targets = [name for name in queues if name not in {*plain[:1], *self.reserved}]
        if plain and targets and self._chance():
            source, target = plain[0], targets[0]
            self.only_piped.append(source)
            entry = stated(
                source=source, via="pipe", messages=self._one(None, ["OrderPaid"]), enabled=self._said(value=False)
            )
            queues[target]["from"] = [*queues[target].get("from", ()), entry]

    def _reading(self, source: str) -> Data:
        bounded = {"max_retries": 3, "max_age": "2h", "bisect": True}
        failed = self._dlq([name for name in self.last if not self.fifo[name]])
        return stated(
            source=source,
            filter=None if source in self.stores else self._one(None, None, {"id": ["a"]}),
            messages=self._one(None, None, ["OrderPaid"]),
            start=self._one("oldest", "latest"),
            batch=self._one({"size": 50, "window": "5s", "partial_failures": True}, *self._unless_sound(None)),
            parallelization=self._one(None, 2),
            retries=self._one(bounded, *self._unless_sound(None), *self._unless_sound({"max_age": "1h"})),
            on_failure=failed,
            enabled=self._said(value=False),
        )

    def _async(self) -> Data | None:
        standard = [name for name in self.last if not self.fifo[name]]
        told = [name for name, fifo in self.fifo.items() if not fifo and name not in self.only_piped]
        return self._one(
            *self._unless_sound(None),
            stated(
                max_retries=self._one(None, 0),
                max_age=self._one(None, "1h"),
                on_failure=self._dlq(standard),
                on_success=self._one(None, None, *standard, *([] if self.sound else told)),
            ),
        )

    def _consumer(self, name: str, sources: list[object], channels: list[str]) -> Data:
        effects = ["the card", *self.stores, *self.others]
        made = stated(
            from_=sources or None,
            effects=self.draw(maybe(st.lists(st.sampled_from(effects), max_size=2, unique=True))),
            time_per_message=self._one(None, "1ms"),
            idempotency=self._idempotency(),
            publishes=self._publications(channels) or None,
            concurrency=self._one(None, {"reserved": 10}, {"reserved": 10, "provisioned": 10}, {"provisioned": 2}),
            alarms=self._one(None, {"errors": 5, "throttles": {"off": "throttling is wanted"}}, {"latency": "2s"}),
            **self._function(),
        )
        described = ("from", "effects", "idempotency", "publishes", "uses", "alarms", "concurrency", "timeout")
        function = self._or_theirs(name, f"lambda:eu-central-1:111122223333:function:{name}", made, *described)
        if "existing" in function and "provisioned" in function.get("concurrency", {}):
            del function["concurrency"]  # its owner keeps it warm
        return function

    def _function(self) -> Data:
        function = self._any_function()
        where = self._one(None, None, "bucket", "image", *self._unless_sound("path"))  # nothing is built here
        if where is None:
            return function
        if where == "image":
            image = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker:1"
            return {"code": {"image": image}, **{k: v for k, v in function.items() if k not in {"runtime", "layers"}}}
        built: object = (
            {"bucket": "builds", "key": "worker.zip", "version": "1"} if where == "bucket" else "dist/worker"
        )
        return {"code": built, "handler": "worker.handle", **function}

    def _any_function(self) -> Data:
        return stated(
            runtime=self._one(
                None, "python3.12", *self._unless_sound("nodejs24.x")
            ),  # which is deployed once it is built
            memory=self._one(None, "512MiB"),
            timeout=self._one(None, "20s"),
            architecture=self._one(None, "arm64"),
            layers=self._one(None, ["arn:aws:lambda:eu-central-1:111122223333:layer:shared:3"]),
            tracing=self._said(value=True),
            vpc=self._one(None, {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]}),
            async_=self._async(),
            **self._code(),
        )

    def _code(self) -> Data:
        return stated(
            environment=self._one(None, {"MODE": "yes", "ABC": "$${x}"}),
            log_retention=self._one(None, "90d"),
            uses=self.draw(
                maybe(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            name: st.sampled_from(["read", "write", "read-write"])
                            for name in [*self.stores, *self.others]
                        },
                    )
                )
            ),
            tags=self._tags(),
        )

    def _poll(self, queue: str) -> object:
        batch = self._one(None, {"size": 1}, {"size": 10, "partial_failures": True})
        bounds: Data = self._one({}, {"max_concurrency": 5}, {"pollers": {"min": 2, "max": 5}})
        narrowed: Data = self._one({}, {}, *self._unless_sound({"filter": [{"id": ["a"]}, {"id": ["b"]}]}))
        return self._one(queue, stated(source=queue, batch=batch, **bounds, **narrowed))

    def _idempotency(self) -> object:
        tables = [{"strategy": "table", "store": name, "ttl": "15d"} for name in self.stores]
        others = [{"none": "reads only"}, {"strategy": "client-key", "key": "id"}]
        return self.draw(st.sampled_from([*self._unless_sound(None), *others, *tables]))

    def _publications(self, channels: list[str]) -> list[Data]:
        pairs = st.tuples(st.sampled_from(MESSAGES), st.sampled_from(channels)) if channels else st.nothing()
        chosen = self.draw(st.lists(pairs, max_size=4, unique=True)) if channels else []
        return [{"message": message, "to": to} for message, to in chosen]

    def _producers(self, channels: list[str], targets: list[str], last: list[str], judges: list[str]) -> Data:
        routes = iter(self.draw(st.permutations(ROUTES)))
        producers: Data = {}
        for name in self._some(4):
            kind = self._one("api", "function", "external", "schedule", "service")
            publications = self._publications(channels)
            if kind == "api" and targets:
                producers[name] = self._api(next(routes), targets, judges)
            elif kind == "schedule" and targets:
                producers[name] = self._schedule(targets, last)
            elif kind == "function" and publications:
                producers[name] = {"type": "function", "publishes": publications, **self._function()}
            elif kind == "service" and publications:
                producers[name] = self._runner(publications)
            elif publications:
                principal = self._one(f"11112222{len(producers):04}", f"arn:aws:iam::444455556666:role/{name}")
                producers[name] = {"type": "external", "principal": principal, "publishes": publications}
        return producers

    def _outboxes(self, producers: Data, consumers: Data, channels: list[str]) -> Data:
        """Perhaps an outbox, with a function that writes its rows; the tables that hold the rows."""
        sent = self._publications(channels)
        if not sent or not self._chance():
            return {}
        relay, writer, store = next(self.names), next(self.names), next(self.names)
        shared = stated(
            type="outbox",
            store=store,
            publishes=sent,
            keep=self._one(None, "1d"),
            timeout=self._one(None, "30s"),
            concurrency=self._one(None, {"reserved": 2}),
            alarms=self._one(None, {"outbox_lag": "10m"}, {"outbox_lag": {"off": "looked at daily"}}),
        )
        named = list(dict.fromkeys(one["message"] for one in sent))
        consumers[writer] = {"publishes": [{"message": message, "to": store} for message in named]}
        if self._chance():
            layer = "arn:aws:lambda:eu-central-1:111122223333:layer:psycopg:3"
            own = stated(layers=[layer], poll=self._one(None, "500ms"), batch=self._one(None, {"size": 10}))
            producers[relay] = {**shared, **own}
            return {store: {"type": "postgres", "secret": f"shop/{store}"}}
        producers[relay] = shared | stated(
            batch=self._one(None, {"size": 10}, {"window": "1s"}),
            retries=self._one(None, {"max_retries": 5}, {"max_age": "1h", "bisect": False}),
            on_failure=self._one(None, {"none": "the rows are still there"}, {"retention": "4d"}),
            sweep=self._one(None, {"every": "10m"}, {"after": "1h"}),
        )
        return {store: self._rows()}

    def _rows(self) -> Data:
        """A table that holds the rows of an outbox."""
        return stated(
            type="dynamodb",
            key="aggregate",
            sort_key="row_id",
            stream=self._one("new-image", "both"),
            ttl_attribute=self._one("expires_at", *self._unless_sound(None)),
            indexes={"unsent": {"key": "unsent", "sort_key": "row_id"}},
            encryption=self._store_encryption(),
        )

    def _runner(self, publications: list[Data]) -> Data:
        code = self._code()
        return stated(
            type="service",
            publishes=publications,
            role=self._one(None, "a-role"),
            language=self._one(None, "typescript"),
            uses=code.get("uses"),
            tags=code.get("tags"),
        )

    def _api(self, route: str, targets: list[str], judges: list[str]) -> Data:
        return stated(
            type="api",
            route=route,
            api=self._one(None, "partners", "rest-api"),
            auth=self._auth(judges),
            throttle=self._one(None, {"rate": "100/s", "burst": 200}),
            alarms=self._signals("errors", "latency"),
            waf=self._one(None, {"rate_limit": "2000/5m"}, {"rate_limit": "10/m", "common_rules": True}),
            publishes={"message": self._one(*MESSAGES), "to": self._one(*targets)},
        )

    def _auth(self, judges: list[str]) -> object:
        pool = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbC"
        elsewhere = "arn:aws:lambda:eu-central-1:111122223333:function:may-call"
        asked = [{"lambda": {"function": name, "ttl": "0s"}} for name in (*judges, elsewhere)]
        tokens = [{"lambda": {"function": name, "type": "token", "identity": ["header.X-Token"]}} for name in judges]
        users = [{"cognito": {"user_pools": pool}}, {"cognito": {"user_pools": [pool], "scopes": ["orders/write"]}}]
        keyed = ["api_key", {"api_key": {"quota": "1000/week", "throttle": {"rate": "1/s", "burst": 2}}}]
        return self.draw(st.sampled_from(["iam", {"none": "a public form"}, *asked, *tokens, *users, *keyed]))

    def _schedule(self, targets: list[str], last: list[str]) -> Data:
        message = MESSAGES[0]  # a function is invoked with one message alone
        chosen = self.draw(st.lists(st.sampled_from(targets), min_size=1, max_size=2, unique=True))
        at = "<aws.scheduler.scheduled-time>"
        return stated(
            type="schedule",
            every=self._one("rate(1 minute)", "cron(0/5 3 ? * MON-FRI *)", "at(2027-01-31T03:00:00)"),
            timezone=self._one(None, "Europe/Berlin"),
            enabled=self._said(value=False),
            payload=self._one(
                {"id": at, "customer": {"id": "a"}, "note": "$${x} ü"}, {"id": f"a {at}", "customer": {"id": "a"}}
            ),
            retries=self._one(None, {"max_retries": 3}, {"max_age": "2h"}, {"max_retries": 0, "max_age": "1h"}),
            flexible_window=self._one(None, "15m"),
            dlq=self._dlq([queue for queue in last if not self.fifo[queue]]),
            tags=self._tags(),
            publishes=[{"message": message, "to": to} for to in chosen],
        )

    def _key(self, name: str) -> Data:
        arn = f"kms:eu-central-1:111122223333:key/1-{self.keys.index(name)}"  # two names of one key would be two permissions
        return self._or_theirs(name, arn, self._one({}, {"rotation": "90d"}))

    def _store(self, name: str) -> Data:
        made = stated(
            type="dynamodb",
            key="id",
            indexes=self._one(None, {"by-day": {"key": "day", "sort_key": "id", "projection": ["total"]}}),
            sort_key=self._one(None, "part"),
            stream=self.views[name],
            ttl_attribute=self._one("expires", *self._unless_sound(None)),
            point_in_time_recovery=self._said(value=False),
            encryption=self._store_encryption(),
        )
        if self.views[name]:
            return made
        arn = f"dynamodb:eu-central-1:111122223333:table/the-{name}"
        return self._or_theirs(name, arn, made, "type", "key", "sort_key", "encryption")

    def _other(self, name: str) -> Data:
        """A store that is no table."""
        bucket = stated(
            type="s3",
            versioning=self._said(value=True),
            lifecycle=self._one(None, {"expire_after": "30d"}, {"expire_versions_after": "1d"}),
            encryption=self._store_encryption(),
            stream=self._one("created", ["created", "deleted"]) if name in self.telling else None,
        )
        if name in self.telling:
            bucket = self._or_theirs(name, f"s3:::{name}-bucket", bucket, "type", "stream", "encryption")
        return bucket if name in self.buckets else {"type": "postgres", "secret": f"shop/{name}"}

    def _defaults(self, last: list[str]) -> Data:
        standard = [name for name in last if not self.fifo[name]] if not any(self.fifo.values()) else []
        dlqs = [None, {"max_receives": 4}, *({"queue": name} for name in standard)]
        queues = stated(visibility_timeout=self._one(None, "2m"), dlq=self.draw(st.sampled_from(dlqs)))
        consumers = stated(
            timeout=self._one(None, "5s"), tags=self._tags(), concurrency=self._one(None, {"reserved": 2})
        )
        topics = stated(encryption=self._encryption())
        return stated(queues=queues or None, consumers=consumers or None, topics=topics or None)

    def _alarms(self, topics: list[str]) -> Data | None:
        return (
            stated(
                notify=self._notify(topics),
                queue_age=self._one(None, "5m"),
                errors=self._one(None, 3),
                undelivered=self._one(None, 2),
                latency=self._one(None, "90%", "1500ms"),
                severity=self._one(None, "page", {"queue_age": "page"}, *self._unless_sound("ticket")),
                dashboard=self._one("shop", self._said(value=True)),
            )
            or None
        )

    def _notify(self, topics: list[str]) -> object:
        mail = "ops@example.com"
        keyed = [{"email": mail, "encryption": {"key": key}} for key in self.keys]
        one = self.draw(st.sampled_from([ARN, mail, *keyed, *topics]))
        partly = {self._one("page", "ticket"): one}
        return self._one(*self._unless_sound(None), one, {"page": ARN, "ticket": one}, *self._unless_sound(partly))

    def _signals(self, *signals: str) -> Data | None:
        """Alarms that are a component's own."""
        signal = self._one(*signals)
        limit = "70%" if signal == "latency" else 5
        return self._one(
            None,
            {signal: limit, "severity": "page"},
            {signal: {"off": "looked at daily"}, "severity": {signal: "page"}},
        )


def _inline_names_differ(data: Data) -> bool:
    """Whether no dead-letter queue that is written inline takes another's name: that is a fault of the input."""
    taken = [name for section in data.values() if isinstance(section, dict) for name in section]
    taken += [f"{name}-dlq" for name, one in data.get("producers", {}).items() if one["type"] == "schedule"]
    taken += [f"{name}-failed" for name, one in data.get("producers", {}).items() if one["type"] == "outbox"]
    taken += [f"{name}-dlq" for name, bus in data.get("buses", {}).items() if "dlq" in bus]
    taken += [f"{name}-dlq" for name in data.get("queues", {})]
    channels = [each for section in ("topics", "buses", "queues", "streams") for each in data.get(section, {}).items()]
    for name, channel in channels:
        sources = channel.get("from", [])
        for entry in sources if isinstance(sources, list) else [sources]:
            source, id_ = (entry, None) if isinstance(entry, str) else (entry["source"], entry.get("id"))
            taken += ["-".join(filter(None, (name, "from", source, id_, role))) for role in ("dlq", "failed")]
    for section in ("consumers", "producers"):
        for name, function in data.get(section, {}).items():
            taken.append(f"{name}-failed")
            taken += [
                f"{name}-from-{entry['source']}-dlq"
                for entry in function.get("from", ())
                if isinstance(entry, dict) and "dlq" in entry
            ]
            taken += [
                f"{name}-from-{entry['source']}-failed"
                for entry in function.get("from", ())
                if isinstance(entry, dict) and "on_failure" in entry
            ]
    return len(taken) == len(set(taken))
