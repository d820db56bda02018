"""What runs the team's code with a role of its own: it uses stores, sends messages, and is told by its environment where both are."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from penstock.model.component import Absent, Access, Call, Component
from penstock.model.entry import Entry
from penstock.plan.names import logical_id
from penstock.plan.values import Value
from penstock.records import NamedTuple, field, record

_WAYS = {"read": {"read"}, "write": {"write"}, "read-write": {"read", "write"}}


class Idempotency(NamedTuple):
    """How a second copy of a message is kept from a second effect. ``ttl`` in seconds; ``key`` is a dotted path into the payload."""

    strategy: str
    store: str | None
    key: str | None
    ttl: int | None


@record
class Workload(Component):
    """A component with code of the team. ``part`` is its own part of its logical ids, ``consumes`` whether it reads messages.

    ``time_per_message`` is what one takes as a rule, in milliseconds; ``None`` where nobody says.
    """

    part: ClassVar[str]

    consumes: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    effects: tuple[str, ...] = ()
    time_per_message: int | None = None
    idempotency: Idempotency | Absent | None = None

    @property
    def is_generated(self) -> bool:
        """Whether the code that takes its messages is generated here."""
        return False

    @property
    def is_typescript(self) -> bool:
        """Whether what is generated for it is TypeScript, which is built before it is deployed."""
        return False

    @property
    def id(self) -> str:
        """The logical id of what runs the code, under which the plan collects its environment."""
        return logical_id(self.name, self.part)

    @property
    def role_id(self) -> str:
        """The logical id of what holds its permissions."""
        return logical_id(self.name, f"{self.part}Role")


def read_idempotency(entry: Entry) -> Idempotency | Absent | None:
    """The key ``idempotency``."""
    if not entry.states("idempotency"):
        return None
    if absent := entry.absent("idempotency"):
        return absent
    part = entry.part("idempotency")
    return Idempotency(part.text("strategy") or "", part.text("store"), part.text("key"), part.seconds("ttl"))


def accesses(entry: Entry, effects: tuple[str, ...], idempotency: Idempotency | Absent | None) -> Iterator[Access]:
    """One access per store, whatever the number of ways in which the store is used."""
    ways: dict[str, set[str]] = {}
    places: dict[str, tuple[str | int, ...]] = {}
    declared: set[str] = set()
    for name, mode in entry.pairs("uses").items():
        ways.setdefault(name, set()).update(_WAYS[mode])
        places.setdefault(name, ("uses", name))
        declared.add(name)
    for index, effect in enumerate(effects):
        ways.setdefault(effect, set()).update(_WAYS["read-write"])
        places.setdefault(effect, ("effects", index))
    if isinstance(idempotency, Idempotency) and idempotency.store:
        ways.setdefault(idempotency.store, set()).add("idempotency")
        places.setdefault(idempotency.store, ("idempotency", "store"))
        declared.add(idempotency.store)
    for name, ways_in in ways.items():
        origin = entry.origin.child(*places[name])
        yield Access(store=name, ways=frozenset(ways_in), origin=origin, optional=name not in declared)


RESUMES = "resumes"


def resumptions(entry: Entry) -> Iterator[Call]:
    """The sagas whose callbacks the code answers."""
    if entry.states("resumes"):
        several = isinstance(entry.data["resumes"], list)
        for index, name in enumerate(entry.words("resumes")):
            origin = entry.origin.child("resumes", index) if several else entry.origin.child("resumes")
            yield Call(to=name, word=RESUMES, kinds=("saga",), key="", origin=origin)


def trust(service: str, condition: Mapping[str, Mapping[str, Value]] | None = None) -> dict[str, Value]:
    """A trust policy that lets one AWS service take on a role, under a condition."""
    statement: dict[str, Value] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}
