"""Random topologies, their generated handlers under faults, and what must hold at the end.

Of every message that was sent the effect is had once by each function that it is for, or it is in the dead letters of that function, and
there only poison is. What is ordered has its effects in the order of its key.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

from penstock.pipeline import check, compile_topology
from penstock.plan.values import Ref
from tests.emit_python.sandboxes import Aws, Function, clients_of
from tests.emit_python.services import Account, variables_of
from tests.templates import Template, read

HEAD = """penstock: 1
name: orders
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
messages:
  OrderPlaced:
    schema:
      type: object
      required: [order_id, customer, n]
      properties: {order_id: {type: string}, customer: {type: string}, n: {type: integer, minimum: 0}}
    key: customer
    idempotency_key: order_id
stores:
  effects: {type: dynamodb, key: id}
  once: {type: dynamodb, key: id, ttl_attribute: expiration}
"""
POOL = (
    'type: service, image: "w:1", vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}'
)
WRONG: list[dict[str, object]] = [{"n": -1}, {"n": "one"}, {"customer": None}]
SHARED = {"topic": "told", "bus": "events", "stream": "moved"}
"""What functions read themselves, by the sort of their source."""
SENT_TO = ("queue", "fifo")
SOURCES = (*SHARED, *SENT_TO, "topic-queue", "raw-queue", "bus-queue")
WAYS = {
    "table": ("{strategy: table, store: once, ttl: 30d}", "*, _=None", "plain(key)"),
    "conditional-write": ("{strategy: conditional-write, store: effects}", "*, idempotency_key", "conditional(key)"),
    "client-key": ("{strategy: client-key}", "*, idempotency_key", "asked(key)"),
}
LOGIC = """
import boto3
import copies_of_effects

def handle_order_placed(message, {arguments}):
    key = "{name}/" + message.order_id
    copies_of_effects.{effect}
"""
EFFECTS = """
import boto3

try:
    from copies import conditional as condition
except ImportError:
    pass

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

def asked(key):
    boto3.client("sqs").send_message(QueueUrl="service", MessageBody=key, MessageDeduplicationId=key)
"""
Change = Callable[[str, str], str]
"""What makes a fault of a generated file: its name and its text, to another text."""


class Consumer(NamedTuple):
    """One function or pool of workers, as it is drawn."""

    source: str
    way: str
    size: int
    partial: bool
    attempts: int
    pool: bool = False

    @property
    def polls(self) -> bool:
        """Whether it is a pool of workers, which reads queues alone."""
        return self.pool and self.source not in SHARED


class Case(NamedTuple):
    """A topology with what is sent through it, and the seed of what goes wrong."""

    consumers: tuple[Consumer, ...]
    messages: int
    seed: int


class Outcome(NamedTuple):
    """What became of the messages of a case, summed up over its functions; only what a table remembers may be done `again`."""

    sent: int
    handled: int
    dead: int
    again: int
    faults: Mapping[str, int]


CONSUMERS = st.builds(
    Consumer,
    source=st.sampled_from(SOURCES),
    way=st.sampled_from(sorted(WAYS)),
    size=st.integers(1, 10),
    partial=st.booleans(),
    attempts=st.integers(2, 6),
    pool=st.booleans(),
)
CASES = st.builds(
    Case,
    consumers=st.lists(CONSUMERS, min_size=1, max_size=4).map(tuple),
    messages=st.integers(1, 15),
    seed=st.integers(0, 2**32),
)


def text_of(case: Case) -> str:
    """The topology of a case: every function has its own queue or reads a channel that all share."""
    queues = [_queue(at, each) for at, each in enumerate(case.consumers) if each.source not in SHARED]
    own = [f"q{at}" for at, each in enumerate(case.consumers) if each.source in SENT_TO]
    publishes = ", ".join(f"{{message: OrderPlaced, to: {target}}}" for target in [*SHARED.values(), *own])
    parts = [
        HEAD + "producers:",
        f'  shop: {{type: external, principal: "111122223333", publishes: [{publishes}]}}',
        "topics: {told: {}}\nbuses: {events: {}}\nstreams: {moved: {capacity: {shards: 1}, retention: 7d}}",
        *(["queues:", *queues] if queues else []),
        "consumers:",
        *(_consumer(at, each) for at, each in enumerate(case.consumers)),
    ]
    return "\n".join(parts) + "\n"


def _queue(at: int, each: Consumer) -> str:
    fed = {
        "topic-queue": "from: {source: told, dlq: {}}, ",
        "raw-queue": "from: {source: told, raw: true, dlq: {}}, ",
        "bus-queue": "from: {source: events, dlq: {}}, ",
        "fifo": "fifo: {deduplication: explicit}, ",
    }.get(each.source, "")
    return f"  q{at}: {{{fed}visibility_timeout: 3m, dlq: {{max_receives: {each.attempts}}}}}"


def _consumer(at: int, each: Consumer) -> str:
    batch = f"batch: {{size: {each.size}, partial_failures: {str(each.partial).lower()}}}"
    retries = f"max_retries: {each.attempts - 1}, max_age: 1h"
    if each.source == "stream":
        start = (
            f"from: {{source: moved, start: oldest, {batch}, retries: {{{retries}, bisect: false}}, on_failure: {{}}}}"
        )
    elif each.source in SHARED:
        start = f"from: {{source: {SHARED[each.source]}, dlq: {{}}}}, "
        start += f"async: {{max_retries: {min(each.attempts, 3) - 1}, max_age: 1h, on_failure: {{}}}}"
    else:
        start = f"from: {{source: q{at}, {batch}, max_concurrency: 5}}"
    effects = "[the service]" if each.way == "client-key" else "[effects]"
    if each.polls:
        start = f"{POOL}, from: {{source: q{at}, batch: {{size: {each.size}}}}}, processing_timeout: 15s"
    else:
        start += ", timeout: 30s"
    return f"  c{at}: {{{start}, effects: {effects}, idempotency: {WAYS[each.way][0]}}}"


def run(case: Case, folder: Path, change: Change = lambda _, text: text) -> Outcome:
    """Compile a case, send its messages, have everything go wrong that may, and check the equation."""
    path = folder / "topology.yaml"
    path.write_text(text_of(case), encoding="utf-8")
    checked = check(path)
    assert checked.topology is not None, checked.diagnostics
    assert not checked.broken, checked.diagnostics
    files = compile_topology(path, checked.topology, output=folder).files
    _warned(case, files)
    template = read(change("template.yaml", files["template.yaml"]))
    functions = {
        _made_as(at, each): _function(at, each, files, template, change) for at, each in enumerate(case.consumers)
    }
    aws = Aws({"effects": ["id"], "once": ["id"]})
    random = Random(case.seed)  # noqa: S311 - reproducible
    account = Account(template, functions, aws, random)
    with clients_of(aws):
        sent = _send(case, account, random)
        account.drain()
    return _equation(case, account, sent)


def _warned(case: Case, files: Mapping[str, str]) -> None:
    """Where the end of an invocation may repeat an effect, the code of the team is told so, and nowhere else."""
    for at, each in enumerate(case.consumers):
        told = " ".join(files[f"{_folder(at, each)}c{at}_logic.py"].split())
        assert ("so is work whose invocation died, whatever it had done" in told) is (each.way == "table"), told


def _made_as(at: int, each: Consumer) -> str:
    return f"C{at}ServiceTask" if each.polls else f"C{at}Function"


def _folder(at: int, each: Consumer) -> str:
    return f"{'services' if each.polls else 'functions'}/c{at}/"


def _function(at: int, each: Consumer, files: Mapping[str, str], template: Template, change: Change) -> Function:
    folder = _folder(at, each)
    modules = {
        path.removeprefix(folder).removesuffix(".py"): change(path.rpartition("/")[2], text)
        for path, text in files.items()
        if path.startswith(folder) and path.endswith(".py")
    }
    _, arguments, effect = WAYS[each.way]
    logic = LOGIC.format(arguments=arguments, name=f"c{at}", effect=effect)
    modules |= {f"c{at}_logic": logic, "copies_of_effects": change("copies_of_effects.py", EFFECTS)}
    made = template["Resources"][_made_as(at, each)]["Properties"]
    variables = variables_of(made) if each.polls else made["Environment"]["Variables"]
    tables = {"EffectsTable": "effects", "OnceTable": "once"}
    environment = {
        name: tables.get(value.target, value.target) if isinstance(value, Ref) else str(value)
        for name, value in variables.items()
    }
    return Function(f"c{at}", modules, environment)


def _send(case: Case, account: Account, random: Random) -> dict[str, str]:
    """Send good messages, some of them twice, and poison; the texts by their keys, in the order in which they went."""
    channels = {"ToldTopic", "EventsBus", "MovedStream"}
    channels |= {f"Q{at}Queue" for at, each in enumerate(case.consumers) if each.source in SENT_TO}
    sent: dict[str, str] = {}
    for at in range(case.messages):
        key, customer = f"good-{at}-", random.choice("abc")
        data: dict[str, object] = {"order_id": key, "customer": customer, "n": at}
        if random.random() < 0.25:
            key = f"poison-{at}-"
            data.update(random.choice(WRONG), order_id=key)
        text = json.dumps(data)
        unreadable = "poison" in key and random.random() < 0.3
        sent[key] = customer
        for channel in sorted(channels):
            cut = unreadable and channel != "EventsBus"  # a bus refuses what is no JSON
            for _ in range(random.choice([1, 1, 2])):
                account.publish(channel, text[:-1] if cut else text, customer)
    return sent


def _equation(case: Case, account: Account, sent: Mapping[str, str]) -> Outcome:
    dead = _dead(account)
    good = [key for key in sent if key.startswith("good")]
    poison = {key for key in sent if key.startswith("poison")}
    allowed = {line.dead for line in account.lines}
    assert set(dead) <= allowed, f"dead letters where nobody looks: {sorted(set(dead) - allowed)}"
    untold = [given for queue, given in account.aws.sent if "penstock.reason" not in given["MessageAttributes"]]
    assert not untold, f"buried without a reason: {untold}"
    for line in account.lines:
        name = line.function.name
        each = case.consumers[int(name[1:])]
        assert dead.get(line.dead, set()) == poison, (
            f"{name}: {sorted(dead.get(line.dead, set()))} is dead, and {sorted(poison)} is poison"
        )
        had = [key for owner, key in account.aws.effects if owner == name]
        counts = Counter(had)
        assert sorted(counts) == sorted(good), (
            f"{name}: lost {sorted(set(good) - set(counts))}, of poison {sorted(set(counts) - set(good))}"
        )
        most = 1 + (line.faults if each.way == "table" else 0)
        assert sum(counts.values()) < len(good) + most, f"{name}: more than once {counts}"
        if line.ordered:
            for customer in set(sent.values()):
                order = [key for key in dict.fromkeys(had) if sent[key] == customer]
                assert order == [key for key in good if sent[key] == customer], f"{name}: out of order {order}"
    assert not account.dead, f"given up, and not buried at once: {account.dead}"
    assert len(account.lines) == len(case.consumers)
    handled = len(set(account.aws.effects))
    buried = sum(len(dead.get(line.dead, ())) for line in account.lines)
    return Outcome(
        sent=len(sent) * len(account.lines),
        handled=handled,
        dead=buried,
        again=len(account.aws.effects) - handled,
        faults=account.faults,
    )


def _dead(account: Account) -> dict[str, set[str]]:
    """The keys that lie in each dead-letter queue."""
    found: dict[str, set[str]] = {}
    letters = [(queue, str(given["MessageBody"])) for queue, given in account.aws.sent]
    letters += [(queue, text) for queue, texts in account.dead.items() for text in texts]
    for queue, text in letters:
        decoded = re.sub(r'\\?"data\\?":\s*\\?"([\w+/=]+)', _decoded, text)
        found.setdefault(queue, set()).update(re.findall(r"(?:good|poison)-\d+-", decoded))
    return found


def _decoded(match: re.Match[str]) -> str:
    return base64.b64decode(match[1]).decode()
