"""Comments that accept findings: what they cover, and what becomes of those that cover nothing."""

from pathlib import Path

import pytest

from penstock.diagnostics import Diagnostic
from penstock.pipeline import check

TOPOLOGY = """\
penstock: 1
name: shop
messages:
  OrderPlaced: {{schema: {{type: object}}, key: order_id, idempotency_key: order_id}}
alarms: {{notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}}
producers:
  shop: {{type: external, principal: "111122223333", publishes: {{message: OrderPlaced, to: intake}}}}
queues:{queues}
  intake:{intake}
    dlq:{dlq}
      max_receives: 2{receives}
consumers:
  worker:{worker}
    timeout: 10s{timeout}
    from: {{source: intake, max_concurrency: 10}}{source}
"""
"""Without comments: few receives (DLQ005), a whole batch that is retried (LAM001) and a short visibility timeout (VIS002)."""
PLACES = ("queues", "intake", "dlq", "receives", "worker", "timeout", "source")
ALL = ["DLQ005", "LAM001", "VIS002"]


@pytest.fixture
def lint(tmp_path: Path) -> "Lint":
    return Lint(tmp_path / "topology.yaml")


class Lint:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, **comments: str) -> list[Diagnostic]:
        """The findings of the topology with comments at the ends of lines, sorted by code."""
        text = TOPOLOGY.format_map({place: f"  # {comments[place]}" if place in comments else "" for place in PLACES})
        self.path.write_text(text, encoding="utf-8")
        return sorted(check(self.path).diagnostics, key=lambda diagnostic: diagnostic.code)


def codes(diagnostics: list[Diagnostic]) -> list[str]:
    return [diagnostic.code for diagnostic in diagnostics]


def test_without_comments_every_finding_stays(lint: Lint) -> None:
    assert codes(lint()) == ALL


def test_a_comment_accepts_the_finding_in_its_line(lint: Lint) -> None:
    assert codes(lint(receives="penstock: ignore[DLQ005] because the sender tries again")) == ["LAM001", "VIS002"]


def test_a_comment_at_a_key_accepts_what_lies_in_its_block(lint: Lint) -> None:
    assert codes(lint(dlq="penstock: ignore[DLQ005] because the sender tries again")) == ["LAM001", "VIS002"]
    assert codes(lint(queues="penstock: ignore[DLQ005, VIS002] because they are short-lived")) == ["LAM001"]


def test_a_comment_does_not_reach_into_another_block(lint: Lint) -> None:
    assert codes(lint(worker="penstock: ignore[DLQ005] because the sender tries again")) == [
        *ALL[:2],
        "SUP001",
        "VIS002",
    ]


def test_a_comment_in_the_next_line_accepts_nothing(lint: Lint) -> None:
    assert codes(lint(timeout="penstock: ignore[LAM001] because batches are small")) == [*ALL[:2], "SUP001", "VIS002"]


def test_a_comment_alone_on_its_line_covers_the_next_one(lint: Lint) -> None:
    lint()
    text = lint.path.read_text(encoding="utf-8")
    comment = "    # penstock: ignore[LAM001] because batches are small\n"
    lint.path.write_text(text.replace("    from: {source", comment + "    from: {source"), encoding="utf-8")
    assert sorted(codes(check(lint.path).diagnostics)) == ["DLQ005", "VIS002"]


def test_two_comments_may_accept_one_finding_and_both_count_as_used(lint: Lint) -> None:
    comment = "penstock: ignore[DLQ005] because the sender tries again"
    assert codes(lint(dlq=comment, receives=comment)) == ["LAM001", "VIS002"]


def test_a_code_that_is_not_found_is_reported_at_its_comment(lint: Lint) -> None:
    comment = "penstock: ignore[DLQ005, LAM001] because the sender tries again"
    (unused,) = (diagnostic for diagnostic in lint(receives=comment) if diagnostic.code == "SUP001")
    assert "LAM001" in unused.message
    assert unused.help == "remove the comment"
    assert unused.span.text == f"# {comment}"


def test_an_unknown_code_is_said_to_be_unknown(lint: Lint) -> None:
    (unused,) = (found for found in lint(receives="penstock: ignore[DLQ999] because") if found.code == "SUP001")
    assert "DLQ999" in unused.message
    assert "no rule has the code DLQ999" in (unused.help or "")


def test_other_comments_accept_nothing(lint: Lint) -> None:
    assert codes(lint(receives="ignore[DLQ005]", source="LAM001 is fine here")) == ALL
