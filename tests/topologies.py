"""Topologies from text, for every test that needs one."""

from pathlib import Path

from penstock.kinds.build import build
from penstock.model.topology import Topology
from penstock.model.variant import vary
from penstock.pipeline import load
from penstock.schema import check
from penstock.source.schema_file import read_schema_file
from penstock.source.yaml import Document, Source, parse

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(path.parent.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("topology.yaml"))
"""The examples by their folders; those of one workspace stand in one folder."""


def document_of(text: str, name: str = "topology.yaml") -> Document:
    """The document of a text that has no faults."""
    document, faults = parse(Source(name, text))
    assert document is not None, faults
    assert check(document) == []
    return document


def topology_of(text: str, folder: Path = Path()) -> Topology:
    """The topology of a text that has no faults."""
    document = document_of(text)
    varied = vary(document, None) if document.mentions("${param.") else None
    assert varied is None or varied.document, varied.diagnostics
    built = build((varied and varied.document) or document, lambda name: read_schema_file(folder / name, name))
    assert built.topology is not None, built.faults
    return built.topology


def example(name: str) -> Topology:
    """One of the examples."""
    folder = EXAMPLES / name
    loaded = load(folder / "topology.yaml")
    assert loaded.topology is not None, loaded.diagnostics
    return loaded.topology


def complete(fragment: str) -> str:
    """A fragment of a topology, such as a manual page shows, with what every topology needs put in front of it."""
    parts = ["penstock: 1", "name: example"]
    sections = {line.partition(":")[0] for line in fragment.splitlines() if line[:1].isalpha()}
    if "alarms" not in sections:
        parts.append('alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}')
    if "messages" not in sections:
        contract = (
            "{schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, "
            "key: order_id, idempotency_key: order_id}"
        )
        parts += ["messages:", f"  OrderPlaced: {contract}"]
    return "\n".join([*parts, fragment])
