"""Random topologies, their generated handlers under faults, and what must hold at the end.

Of every message that was sent the effect is had once by each function that it is for, or it is in the dead letters of that function, and
there only poison is. What is ordered has its effects in the order of its key.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from penstock.emit.python_promises import ENDS_COPIES
from penstock.pipeline import check, compile_topology
from penstock.plan.values import GetAtt, Ref
from tests.emit_python.databases import Database
from tests.emit_python.drawing import SENT_TO, Case, Place, text_of
from tests.emit_python.publishing import Sent
from tests.emit_python.sandboxes import Aws, Function, clients_of
from tests.emit_python.services import Account, Line, variables_of
from tests.emit_python.teams import PARTS, written
from tests.templates import Template, read

WRONG: list[dict[str, object]] = [{"n": -1}, {"n": "one"}, {"customer": None}]
Change = Callable[[str, str], str]
"""What makes a fault of a generated file: its name and its text, to another text."""


class Outcome(NamedTuple):
    """What became of the messages of a case, summed up over its functions; only what a table remembers may be done `again`."""

    sent: int
    handled: int
    dead: int
    again: int
    faults: Mapping[str, int]


def run(case: Case, folder: Path, change: Change = lambda _, text: text) -> Outcome:
    """Compile a case, send its messages, have everything go wrong that may, and check the equation."""
    files = compiled(text_of(case), folder)
    _warned(case, files)
    template = _read(change("template.yaml", files["template.yaml"]))
    functions = {place.made_as: _function(place, files, template, change) for place in case.places()}
    aws = Aws({"effects": ["id"], "once": ["id"]})
    random = Random(case.seed)  # noqa: S311 - reproducible
    account = Account(template, functions, aws, random, case.only)
    with closing(Database(aws)) as database, clients_of(aws):
        for place in case.places():
            database.define(files.get(f"{place.folder}done.sql", ""))
        sent = _send(case, account, random)
        account.drain()
        aws.effects += database.effects()
    return _equation(case, account, sent)


def settled(case: Case, account: Account) -> Outcome:
    """Send a case's messages through an account, have everything go wrong that may, and check the equation."""
    sent = _send(case, account, account.random)
    account.drain()
    return _equation(case, account, sent)


@lru_cache(maxsize=4)
def compiled(text: str, folder: Path) -> Mapping[str, str]:
    """The files of a topology."""
    path = folder / "topology.yaml"
    path.write_text(text, encoding="utf-8")
    checked = check(path)
    assert checked.topology is not None, checked.diagnostics
    assert not checked.broken, checked.diagnostics
    return compile_topology(path, checked.topology, output=folder).files


_read = lru_cache(maxsize=4)(read)


def _warned(case: Case, files: Mapping[str, str]) -> None:
    """Where the end of an invocation may repeat an effect, or keep from sending, the code of the team is told so, and nowhere else."""
    for place in case.places():
        told = " ".join(files[f"{place.folder}{place.name}_logic.py"].split())
        repeated = "so is work whose invocation died, whatever it had done" in told
        assert repeated is (place.consumer.way == "table"), told
        ends = place.consumer.then is not None and place.consumer.way in {each.value for each in ENDS_COPIES}
        assert ("So send before that what is to be sent" in told) is ends, told


def _function(place: Place, files: Mapping[str, str], template: Template, change: Change) -> Function:
    generated = {
        path.removeprefix(place.folder).removesuffix(".py"): text
        for path, text in files.items()
        if path.startswith(place.folder) and path.endswith(".py")
    }
    modules = {name: change(f"{name}.py", text) for name, text in {**generated, **written(place)}.items()}
    return Function(place.name, modules, environment_of(place, template))


def environment_of(place: Place, template: Template) -> dict[str, str]:
    """What the template tells a consumer; a resource is called by its logical id, and a table as its store."""
    made = template["Resources"][place.made_as]["Properties"]
    variables = variables_of(made) if place.consumer.polls else made["Environment"]["Variables"]
    tables = {"EffectsTable": "effects", "OnceTable": "once"}
    return {
        name: tables.get(value.target, value.target) if isinstance(value, Ref | GetAtt) else str(value)
        for name, value in variables.items()
    }


def _send(case: Case, account: Account, random: Random) -> dict[str, str]:
    """Send good messages, some of them twice, and poison; the customers by their keys, in the order in which they went."""
    channels = {"ToldTopic", "EventsBus", "MovedStream"}
    channels |= {
        f"Q{place.name.upper()}Queue" for place in case.places() if not place.chain and place.consumer.source in SENT_TO
    }
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
                account.publish(Sent(channel, text[:-1] if cut else text, customer))
    return sent


def _equation(case: Case, account: Account, sent: Mapping[str, str]) -> Outcome:
    dead = _dead(account)
    places = {place.name: place for place in case.places()}
    poison = {key for key in sent if key.startswith("poison")}
    allowed = {line.dead for line in account.lines}
    assert set(dead) <= allowed, f"dead letters where nobody looks: {sorted(set(dead) - allowed)}"
    untold = [given for queue, given in account.aws.sent if "penstock.reason" not in given["MessageAttributes"]]
    assert not untold, f"buried without a reason: {untold}"
    assert len(account.lines) == len(places)
    meant = 0
    for line in account.lines:
        place = places[line.function.name]
        buried = poison if not place.chain else set()
        assert dead.get(line.dead, set()) == buried, (
            f"{place.name}: {sorted(dead.get(line.dead, set()))} is dead, and {sorted(buried)} is poison"
        )
        meant += len(buried) + _had(place, line, account, sent)
    assert not account.dead, f"given up, and not buried at once: {account.dead}"
    handled = len(set(account.aws.effects))
    return Outcome(
        sent=meant,
        handled=handled,
        dead=sum(len(dead.get(line.dead, ())) for line in account.lines),
        again=len(account.aws.effects) - handled,
        faults=account.faults,
    )


def _had(place: Place, line: Line, account: Account, sent: Mapping[str, str]) -> int:
    """Compare the effects of a consumer with those that it should have had; how many that are."""
    good = {
        key + part: customer
        for key, customer in sent.items()
        if key.startswith("good")
        for part in (PARTS if place.chain else [""])
    }
    had = [key for owner, key in account.aws.effects if owner == place.name]
    counts = Counter(had)
    assert sorted(counts) == sorted(good), (
        f"{place.name}: lost {sorted(set(good) - set(counts))}, of poison {sorted(set(counts) - set(good))}"
    )
    most = 1 + (line.faults if place.consumer.way == "table" else 0)
    assert sum(counts.values()) < len(good) + most, f"{place.name}: more than once {counts}"
    before = [other for other in account.lines if other.function.name == f"c{place.chain}"]
    if line.ordered and all(other.ordered for other in before):
        for customer in set(good.values()):
            order = [key for key in dict.fromkeys(had) if good[key] == customer]
            assert order == [key for key in good if good[key] == customer], f"{place.name}: out of order {order}"
    return len(good)


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
