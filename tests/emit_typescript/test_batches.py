"""Many messages in few calls, as in Python: nothing is dropped, nothing is overtaken, and what did not go has a name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.emit_python.samples import PUBLISHER
from tests.emit_typescript.project import run, write

DRIVER = Path(__file__).with_name("batches.mjs")
KINDS = ("Queue", "Topic", "Stream", "Bus")
TRIES = 3
"""The stub's attempts."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Batch:
    """Messages for a channel: each has a payload, ``name:refusals``, and perhaps a group."""

    kind: str
    messages: Sequence[tuple[str, str | None]]
    ordered: bool = False
    max_bytes: int | None = None

    def given(self) -> dict[str, object]:
        more = {} if self.max_bytes is None else {"maxBytes": self.max_bytes}
        parcels = [
            {"message": "M", "data": data, **more, **({"group": group} if group else {})}
            for data, group in self.messages
        ]
        return {"kind": self.kind, "parcels": parcels, "ordered": self.ordered}


@dataclass(frozen=True)
class Sent:
    """The names in each call and of what was accepted, and the error if there was one."""

    calls: list[list[str]]
    accepted: list[str]
    error: dict[str, Any] | None

    @property
    def reasons(self) -> dict[int, str]:
        return dict(self.error["reasons"]) if self.error else {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write({"publisher": PUBLISHER}, tmp_path_factory.mktemp("batches"))
    bundled = ["--bundle", "--platform=node", "--format=esm", "--outfile=dist/batches.mjs"]
    require = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);"
    run(["node_modules/esbuild/bin/esbuild", "lib/batches.ts", *bundled, f"--banner:js={require}"], made, 60)
    return made


def sent(folder: Path, *batches: Batch) -> list[Sent]:
    """What becomes of batches, all sent by one process."""
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    output = run(["node", str(DRIVER)], folder, 60, json.dumps([each.given() for each in batches]), **keys)
    return [Sent(**each) for each in json.loads(output.splitlines()[-1])]


def plain(*names: str) -> list[tuple[str, str | None]]:
    return [(name, None) for name in names]


def test_calls_are_as_large_as_the_service_takes_them(folder: Path) -> None:
    sizes = {"Queue": 10, "Topic": 10, "Stream": 500, "Bus": 10}
    batches = [Batch(kind, plain(*(f"m{at}" for at in range(size + 3)))) for kind, size in sizes.items()]
    for found, batch in zip(sent(folder, *batches), batches, strict=True):
        assert found.error is None
        assert [len(call) for call in found.calls] == [sizes[batch.kind], 3]
        assert found.accepted == [name for name, _ in batch.messages]


def test_large_messages_share_no_call_that_would_be_too_large(folder: Path) -> None:
    (found,) = sent(folder, Batch("Queue", plain(*["x" * 400_000] * 5)))
    assert [len(call) for call in found.calls] == [2, 2, 1]


def test_what_is_refused_for_the_moment_is_sent_again_and_nothing_else_is(folder: Path) -> None:
    for found in sent(folder, *(Batch(kind, plain("a", "b:tf", "c")) for kind in KINDS)):
        assert (found.error, found.calls) == (None, [["a", "b", "c"], ["b"], ["b"]])


def test_what_does_not_go_is_named_and_the_rest_has_gone(folder: Path) -> None:
    for kind, found in zip(
        KINDS, sent(folder, *(Batch(kind, plain("a", "b:s", "c", "d:tff", "e")) for kind in KINDS)), strict=True
    ):
        assert found.error is not None
        assert found.error["name"] == "UnsentError"
        assert found.reasons == {1: "SenderMalformed: no", 3: "InternalFailure: no"}
        told = "(1: SenderMalformed: no; 3: InternalFailure: no)"
        assert found.error["message"] == f"{kind.upper()} did not accept 2 of 5 messages {told}"
        assert found.accepted == ["a", "c", "e"]
        assert found.calls == [["a", "b", "c", "d", "e"], *[["d"]] * (TRIES - 1)]


def test_a_call_that_fails_names_all_that_were_not_accepted(folder: Path) -> None:
    (found,) = sent(folder, Batch("Queue", plain(*(f"m{at}" for at in range(10)), *["denied"] * 10, *["m"] * 5)))
    assert list(found.reasons) == list(range(10, 25))
    assert found.reasons[10] == "AccessDenied: no right"
    assert found.reasons[24] == "not tried after AccessDenied: no right"
    assert found.error is not None
    assert found.error["cause"] == "AccessDenied"


def test_one_that_is_too_large_keeps_all_of_them_back(folder: Path) -> None:
    (found,) = sent(folder, Batch("Queue", plain("a", "b" * 200), max_bytes=100))
    assert found.error is not None
    assert found.error["name"] == "PublishError"
    assert found.error["message"].endswith("and 100 may travel")
    assert found.calls == []


PLANS = st.builds(
    lambda kind, plan: Batch(
        kind, [(f"{at}:{''.join(refusals)}", group) for at, (group, refusals) in enumerate(plan)], ordered=True
    ),
    st.sampled_from(["Queue", "Topic", "Stream"]),
    st.lists(st.tuples(st.sampled_from("ghi"), st.lists(st.sampled_from("tts"), max_size=4)), max_size=25),
)


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(PLANS, min_size=20, max_size=40))
def test_in_order_nothing_is_overtaken_and_everything_is_told(folder: Path, batches: list[Batch]) -> None:
    """Each message is refused a few times: by throttles, or for good."""
    for batch, found in zip(batches, sent(folder, *batches), strict=True):
        went, total = [int(name) for name in found.accepted], len(batch.messages)
        assert sorted([*went, *found.reasons]) == list(range(total))
        for group in "ghi":
            mine = [at for at, (_, each) in enumerate(batch.messages) if each == group]
            gone = [at for at in went if batch.messages[at][1] == group]
            assert gone == mine[: len(gone)]
