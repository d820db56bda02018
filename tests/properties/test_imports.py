"""What holds for a topology that imports from any other."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.emit.cloudformation import template as text_of
from penstock.graph.flow import flow
from penstock.hops.lowering import lower
from penstock.kinds import Bus
from penstock.model.topology import Topology
from penstock.pipeline import load
from penstock.plan.values import ImportValue
from tests.properties.test_templates import resolves
from tests.strategies import MESSAGES, Data, Generated, stated, topologies, written
from tests.templates import Template, of_type, read
from tests.topologies import topology_of

CHANNELS = ("topics", "buses", "queues", "streams")


class Pair(NamedTuple):
    """A topology, and one that uses its channels."""

    owner: Generated
    guest: Generated


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Each channel of the owner is read, sent to, or both; the guest states nothing else. What lies in a bucket is not exchanged."""
    owner = _without_offloads(draw(topologies()))
    topology = topology_of(owner.text)
    queues: Data = {}
    consumers: Data = {}
    publishes = []
    for section in CHANNELS:
        for number, (name, own) in enumerate((owner.data.get(section) or {}).items()):
            if name == "default":
                continue
            ways = draw(st.sampled_from([("read",), ("sent",), ("read", "sent")]))
            wanted = expected(topology, name)
            if "sent" in ways and wanted:
                publishes.append({"message": f"o/{draw(st.sampled_from(wanted))}", "to": f"o/{name}"})
            if "read" in ways or not wanted:
                reader = f"{section}-{number}"
                if section in {"topics", "buses"}:
                    fifo: Data | None = {} if section == "topics" and "fifo" in (own or {}) else None
                    queues[reader] = stated(**{"from": f"o/{name}"}, fifo=fifo)
                else:
                    start = "latest" if section == "streams" else None
                    consumers[reader] = {"from": stated(source=f"o/{name}", start=start)}
    producers = {"sender": {"type": "function", "publishes": publishes}} if publishes else None
    imports = {"o": "../owner/topology.yaml"}
    guest = stated(
        penstock=1,
        name="guest",
        imports=imports,
        producers=producers,
        queues=queues or None,
        consumers=consumers or None,
    )
    return Pair(written({**owner.data, "name": "owner"}), written(guest))


def _without_offloads(owner: Generated) -> Generated:
    messages = {
        name: {key: value for key, value in one.items() if key != "offload"}
        for name, one in owner.data["messages"].items()
    }
    return written({**owner.data, "messages": messages})


def expected(topology: Topology, name: str) -> list[str]:
    """Which messages the readers of a queue or a stream take; topics and buses may have other readers. Partners send alone."""
    channel = topology.components[name]
    if isinstance(channel, Bus) and channel.is_partners:
        return []
    free = channel.word in {"topic", "bus"} or channel.existing or not topology.outgoing(channel)
    return list(MESSAGES) if free else [message.name for message in flow(topology).at[channel]]


def is_published(own: Data | None) -> bool:
    """Whether another stack can find it."""
    said = own or {}
    return bool(said.get("export") or said.get("existing") or said.get("physical_name") or said.get("partner"))


def given_names(template: Template) -> set[str]:
    """Under what names a stack publishes its parts."""
    exports = {one["Export"]["Name"] for one in template.get("Outputs", {}).values() if "Export" in one}
    return exports | {one["Name"] for one in of_type(template, "AWS::SSM::Parameter").values()}


def wanted_names(value: object) -> set[str]:
    """Which names of other stacks a template has."""
    match value:
        case ImportValue(name):
            return {name}
        case {"Type": "AWS::SSM::Parameter::Value<String>", "Default": str(name)}:
            return set() if name.startswith("/aws/") else {name}  # of AWS's own are the layers
        case dict():
            return {name for inner in value.values() for name in wanted_names(inner)}
        case list() | tuple():
            return {name for inner in value for name in wanted_names(inner)}
        case _:
            return set()


@settings(max_examples=25)
@given(pairs())
def test_what_is_imported_is_what_the_owner_publishes(pair: Pair) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, one in (("owner", pair.owner), ("guest", pair.guest)):
            (Path(folder) / name).mkdir()
            (Path(folder) / name / "topology.yaml").write_text(one.text, encoding="utf-8")
        owner, guest = (load(Path(folder) / name / "topology.yaml") for name in ("owner", "guest"))
    assert owner.topology is not None
    channels = {name: own for section in CHANNELS for name, own in (pair.owner.data.get(section) or {}).items()}
    hidden = {name for name, own in channels.items() if name != "default" and not is_published(own)}
    blamed = {one.message.rpartition("'")[0].rpartition("'")[2] for one in guest.diagnostics if one.code == "REF036"}
    keys = set(pair.owner.data.get("keys") or {})
    assert blamed - keys == hidden
    assert {one.code for one in guest.diagnostics} <= {"REF036"}
    if guest.topology is None:
        return
    made, got = (read(text_of(lower(one))) for one in (owner.topology, guest.topology))
    resolves(got)
    keys_and_channels = [*channels.values(), *(pair.owner.data.get("keys") or {}).values()]
    theirs = {name for own in keys_and_channels for name in _places(own)}
    assert wanted_names(got) <= given_names(made) | theirs


def _places(own: Data | None) -> list[str]:
    place = (own or {}).get("existing")
    return list(place.values()) if isinstance(place, dict) else []
