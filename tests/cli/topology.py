"""A small topology that has no finding, and its parts."""

import json
from pathlib import Path

from tests.topologies import EXAMPLES

ORDERS = EXAMPLES / "orders"

CLEAN = """\
penstock: 1
name: shop
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
messages:
  OrderPlaced:
    schema: {type: object, properties: {order_id: {type: string}}, required: [order_id]}
    key: order_id
    idempotency_key: order_id
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake:
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  worker:
    timeout: 10s
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
"""

WITHOUT_DLQ = CLEAN.replace("    dlq: {max_receives: 5}\n", "")


def save(text: str, path: Path = Path("topology.yaml")) -> Path:
    """The text in a file, byte for byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with what it holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def places(text: str) -> list[tuple[str, int, int]]:
    """Code, line and column of each diagnostic in the JSON output."""
    found = json.loads(text)["diagnostics"]
    return [(one["code"], one["begin"]["line"], one["begin"]["column"]) for one in found]
