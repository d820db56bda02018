"""Two topologies side by side, of which one imports the other."""

from pathlib import Path

from penstock.emit.cloudformation import template as text_of
from penstock.hops.lowering import lower
from penstock.pipeline import check, check_every
from tests.templates import Template, read

OWNER = """
penstock: 1
name: inventory
messages:
  Reserved: {schema: {type: object}, key: id, idempotency_key: id}
ENVIRONMENTS
topics:
  news: NEWS
queues:
  intake: {dlq: {max_receives: 5}INTAKE}
"""


OURS = """
penstock: 1
name: shop
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
imports: {stock: IMPORT}
ENVIRONMENTS
producers:
  shop: {type: function, timeout: 30s, publishes: {message: stock/Reserved, to: stock/intake}}
queues:
  inbox: {from: {source: stock/news, messages: [stock/Reserved], dlq: {}}, dlq: {max_receives: 5}, visibility_timeout: 2m}
consumers:
  work: {from: {source: inbox, batch: {size: 10, partial_failures: true}, max_concurrency: 5}, idempotency: {none: harmless}}
"""


def workspace(folder: Path, *, news: str = "{export: true}", intake: str = ", export: true", **more: str) -> Path:
    """Two topologies side by side; the path of the one that imports the other."""
    for name, text in (("inventory", OWNER), ("shop", OURS)):
        for word, own in (
            ("NEWS", news),
            ("INTAKE", intake),
            ("IMPORT", more.get("path", "../inventory/topology.yaml")),
            ("ENVIRONMENTS", more.get(name, "")),
        ):
            text = text.replace(word, own)  # noqa: PLW2901 - one word after another
        (folder / name).mkdir()
        (folder / name / "topology.yaml").write_text(text, encoding="utf-8")
    return folder / "shop" / "topology.yaml"


def compiled(path: Path, environment: str | None = None) -> Template:
    checked = check(path, environment)
    assert checked.topology is not None, checked.diagnostics
    return read(text_of(lower(checked.topology)))


def told(path: Path, environment: str | None = None) -> list[tuple[str, str, str | None]]:
    found = check(path, environment).diagnostics if environment else check_every(path).diagnostics
    return [(one.code, one.message, one.help) for one in found]
