"""`penstock show`: each value of a component, and where it comes from."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, save

TEXT = """\
penstock: 1
name: shop
alarms: {notify: "${param.Alerts}"}
defaults: {queues: {tags: {team: a, at: "${region}"}, dlq: {max_receives: 5}, delay: 1s}}
messages:
  OrderPlaced: {schema: {type: object}, key: order_id}
producers:
  shop: {type: external, principal: "arn:aws:iam::${account}:role/shop", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake:
    visibility_timeout: 3m
    fifo: {deduplication: content}
  failed: {role: dead-letters, tags: {team: null}}
  many:
    from: [{source: intake}]
environments:
  prod: {account: "111122223333", defaults: {queues: {delay: 3s}}, queues: {intake: {retention: 5d, tags: {at: here}}}}
parameters: {Alerts: }
"""
TEXT = TEXT[: TEXT.index("  many:")] + TEXT[TEXT.index("environments:") :]


def shown(penstock: Penstock, *arguments: str) -> str:
    save(TEXT)
    ran = penstock("show", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_what_is_written_with_its_places(penstock: Penstock) -> None:
    assert (
        shown(penstock, "intake")
        == """\
queue 'intake'
  tags.team: a                 topology.yaml:4  default of the topology
  tags.at: "${region}"         topology.yaml:4  default of the topology
  dlq.max_receives: 5          topology.yaml:4  default of the topology
  delay: 1s                    topology.yaml:4  default of the topology
  visibility_timeout: 3m       topology.yaml:11
  fifo.deduplication: content  topology.yaml:12
"""
    )


def test_what_an_environment_makes_of_it(penstock: Penstock) -> None:
    assert (
        shown(penstock, "intake", ".", "--env", "prod")
        == """\
queue 'intake' in environment 'prod'
  tags.team: a                 topology.yaml:4  default of the topology
  tags.at: here                topology.yaml:15  overlay of 'prod'
  dlq.max_receives: 5          topology.yaml:4  default of the topology
  delay: 3s                    topology.yaml:15  default of the topology, overlay of 'prod'
  visibility_timeout: 3m       topology.yaml:11
  fifo.deduplication: content  topology.yaml:12
  retention: 5d                topology.yaml:15  overlay of 'prod'
"""
    )


def test_what_nobody_has_written(penstock: Penstock) -> None:
    lines = [" ".join(line.split()) for line in shown(penstock, "intake", "--resolved").splitlines()]
    assert "retention: 4d AWS's default" in lines
    assert "dlq.retention: 14d default" in lines
    assert "fifo.throughput: queue AWS's default" in lines
    assert "physical_name: CloudFormation's choice default" in lines
    assert not any(line.startswith("visibility_timeout: 30s") for line in lines)


def test_dead_letter_queues_take_none_from_the_defaults(penstock: Penstock) -> None:
    assert "dlq" not in shown(penstock, "failed")
    assert "max_receives: 5  topology.yaml:4  default of the topology" in shown(penstock, "intake-dlq")


@pytest.mark.parametrize(
    ("name", "first", "line"),
    [
        ("shop", "external producer 'shop'", 'principal: "arn:aws:iam::${account}:role/shop"'),
        ("OrderPlaced", "message 'OrderPlaced'", "schema.type: object"),
    ],
)
def test_whatever_has_a_name(penstock: Penstock, name: str, first: str, line: str) -> None:
    out = shown(penstock, name)
    assert out.startswith(f"{first}\n")
    assert f"  {line} " in out


def test_a_list_of_mappings_is_numbered(penstock: Penstock) -> None:
    save(CLEAN.replace("from: {", "from: [{").replace("10}\n", "10}]\n"))
    assert "  from[0].batch.size: 10 " in penstock("show", "worker").out


def test_for_programs(penstock: Penstock) -> None:
    document = json.loads(shown(penstock, "intake", "--env", "prod", "--resolved", "--format", "json"))
    assert {key: value for key, value in document.items() if key != "values"} == {
        "version": 1,
        "name": "intake",
        "kind": "queue",
        "environment": "prod",
    }
    by_path = {tuple(one.pop("path")): one for one in document["values"]}
    assert by_path["retention",] == {
        "value": "5d",
        "words": None,
        "by": "overlay of 'prod'",
        "file": "topology.yaml",
        "line": 15,
    }
    assert by_path["receive_wait",] == {"value": "0s", "words": None, "by": "AWS's default", "file": None, "line": None}
    assert by_path["from",]["words"] == "nothing"


def test_the_file_of_a_folder(penstock: Penstock) -> None:
    head, queues = TEXT.split("queues:\n", 1)
    queues, rest = queues.split("environments:")
    save(head + "environments:" + rest, Path("topology/shop.yaml"))
    save("queues:\n" + queues, Path("topology/queues.yaml"))
    assert "  visibility_timeout: 3m       topology/queues.yaml:3\n" in penstock("show", "intake").out


def test_what_cannot_be_shown(penstock: Penstock) -> None:
    save(TEXT)
    ran = penstock("show", "intak")
    assert ran == (2, "", "penstock: nothing is named 'intak' in topology 'shop'; did you mean 'intake'?\n")
    assert "error[ENV002]" in penstock("show", "intake", "--env", "prd").out
    save("penstock: 1\n")
    ran = penstock("show", "intake")
    assert ran.code == 2
    assert "error[SCH004]" in ran.out
    assert ran.err == "penstock: not shown: the topology cannot be used\n"


def test_a_consumer_that_is_no_function_takes_no_default_of_functions(penstock: Penstock) -> None:
    consumer = "{type: http, url: https://p.example, auth: {none: open}, rate: 5/s, from: b}"
    defaults = "defaults: {consumers: {memory: 256MiB, tags: {team: a}}}"
    save(f"penstock: 1\nname: a\n{defaults}\nbuses: {{b: }}\nconsumers:\n  p: {consumer}\n")
    ran = penstock("show", "p")
    assert (ran.code, ran.err) == (0, "")
    assert "tags.team: a" in ran.out
    assert "memory" not in ran.out
