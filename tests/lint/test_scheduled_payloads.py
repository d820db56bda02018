"""Which payloads of schedules the linter lets pass."""

from penstock.lint.engine import run
from penstock.lint.rules.schedules.scheduled_payload_unfit import scheduled_payload_unfit
from tests.topologies import complete, topology_of


def told(payload: str, schema: str = "{type: object}") -> list[str]:
    text = complete(
        f"messages:\n  A: {{schema: {schema}}}\nproducers:\n"
        f"  p: {{type: schedule, every: rate(1 day), dlq: {{}}, payload: {payload}, publishes: {{message: A, to: q}}}}\n"
        "queues: {q: {}}"
    )
    return [finding.message for finding in run(topology_of(text), (scheduled_payload_unfit,))]


def test_a_payload_that_scheduler_would_not_take() -> None:
    (message,) = told(f"{{a: {'x' * 262_144}}}")
    assert message.endswith("it has 262153 bytes, and EventBridge Scheduler takes 256 KiB")


def test_a_schema_of_an_unknown_dialect_is_not_fetched() -> None:
    assert told("{a: 1}", '{$schema: "http://127.0.0.1:9/dialect"}') == []


def test_what_scheduler_replaces_is_looked_at_as_it_will_be() -> None:
    schema = '{type: object, properties: {at: {type: string, pattern: "^20.*Z$"}}}'
    assert told("{at: <aws.scheduler.scheduled-time>}", schema) == []
    assert len(told("{at: <aws.scheduler.execution-id>}", schema)) == 1


def test_formats_are_those_that_generated_code_checks() -> None:
    schema = "{type: object, properties: {at: {type: string, format: date-time}, to: {type: string, format: iri}}}"
    assert told("{at: <aws.scheduler.scheduled-time>, to: not one}", schema) == []
    assert len(told("{at: yesterday}", schema)) == 1
    lasting = "{type: object, properties: {for: {type: string, format: duration}}}"
    assert told("{for: PT1H2S}", lasting) == []
