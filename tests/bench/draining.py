"""How long the generated relay needs for the rows of an outbox in a real PostgreSQL, without what the channels take of its time."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from penstock.emit.python import emit_relay
from penstock.emit.relays import relay_stubs
from tests.emit_python.generated import laid
from tests.postgres import connect, postgres
from tests.topologies import complete, topology_of

KEYS = 500
TOPOLOGY = """
producers:
  relay:
    type: outbox
    store: accounts
    publishes: {message: OrderPlaced, to: told}
    layers: ["arn:aws:lambda:eu-central-1:111122223333:layer:psycopg:3"]
queues: {told: {}}
stores:
  accounts: {type: postgres, secret: accounts}
"""
DRAIN = """
import json, logging, os, sys, time
sys.path.insert(0, ".")
import senders

class Nowhere:
    def get_secret_value(self, **_):
        return {"SecretString": os.environ["SECRET"]}
    def send_message(self, **_):
        pass

senders.client = lambda service: Nowhere()
import relay
start, sent = time.perf_counter(), 0
with relay.connected() as connection:
    while done := relay.drain(connection)["sent"]:
        sent += done
print(json.dumps({"sent": sent, "seconds": time.perf_counter() - start}), file=sys.stderr)
"""


def drain(rows: int) -> float | None:
    """The seconds for so many rows of 500 keys; ``None`` where there is no PostgreSQL or nothing that speaks to it."""
    try:
        with postgres() as secret, tempfile.TemporaryDirectory(prefix="penstock-bench-") as scratch:
            (relay,) = relay_stubs(topology_of(complete(TOPOLOGY)))
            folder = laid(emit_relay(relay), Path(scratch)) / "relay"
            with connect(secret) as connection:
                connection.execute((folder / "rows.sql").read_text(encoding="utf-8"))
                connection.execute(
                    "INSERT INTO relay_rows (row_id, aggregate, message, payload) SELECT n::text, (n %% %s)::text, 'OrderPlaced', "
                    "json_build_object('order_id', n::text)::text FROM generate_series(1, %s) AS n",
                    (KEYS, rows),
                )
            variables = {"PENSTOCK_STORE_ACCOUNTS": "a", "PENSTOCK_QUEUE_TOLD": "q", "SECRET": json.dumps(secret)}
            done = subprocess.run(
                [sys.executable, "-c", DRAIN],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-central-1", **variables},
                capture_output=True,
                text=True,
                check=True,
            )
    except pytest.skip.Exception:
        return None
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["sent"] == rows, told
    return float(told["seconds"])
