"""Many messages in few calls: nothing is dropped, nothing is overtaken, and what did not go has a name. Botocore checks every call."""

# ruff: noqa: ANN401 - modules that exist only at run time, and JSON values

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.emit.python import emit_function, rendered
from tests.emit_python.samples import PUBLISHER

CHANNELS = {
    "queue": ("sqs.SendMessageBatch", "https://sqs.eu-central-1.amazonaws.com/111122223333/q"),
    "topic": ("sns.PublishBatch", "arn:aws:sns:eu-central-1:111122223333:t"),
    "stream": ("kinesis.PutRecords", "arn:aws:kinesis:eu-central-1:111122223333:stream/s"),
    "bus": ("events.PutEvents", "commerce"),
}
Verdict = Callable[[str], str | None]
"""What a service says of a message: None for yes, else an error's code; one that begins with "Sender" is our fault."""


class Sending:
    """The generated modules, with a service that accepts or refuses each message as a verdict says."""

    def __init__(self, senders: Any, batches: Any, aws: Any) -> None:
        self.senders, self.batches, self.aws = senders, batches, aws
        self.accepted: list[str] = []
        self.calls: list[list[str]] = []

    def send(
        self, kind: str, messages: list[tuple[str, str | None]], verdict: Verdict, *, ordered: bool = False
    ) -> Any:
        """Send messages, given as payload and group; the error, if there is one."""
        operation, _ = CHANNELS[kind]
        self.accepted.clear()
        self.calls.clear()
        self.aws.answers[operation] = lambda given: self._answer(kind, given, verdict)
        parcels = [self.senders.Parcel(message="M", data=payload, group=group) for payload, group in messages]
        named = {"source": "s", "detail_type": "M"} if kind == "bus" else {"ordered": ordered}
        try:
            send: Any = getattr(self.batches, f"to_{kind}_batch")
            send(kind.upper(), parcels, **named)
        except self.senders.PublishError as error:
            return error
        return None

    def _answer(self, kind: str, given: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
        match kind:
            case "queue":
                found = [(each["Id"], each["MessageBody"]) for each in given["Entries"]]
            case "topic":
                found = [(each["Id"], each["Message"]) for each in given["PublishBatchRequestEntries"]]
            case "stream":
                found = [("", each["Data"].decode().split(":")[-1][:-1]) for each in given["Records"]]
            case _:
                found = [("", each["Detail"]) for each in given["Entries"]]
        texts = [text.strip('"') for _, text in found]
        self.calls.append(texts)
        codes = [verdict(text) for text in texts]
        self.accepted += [text for text, code in zip(texts, codes, strict=True) if code is None]
        results = [{"ErrorCode": code, "ErrorMessage": "no"} if code else {} for code in codes]
        failed = [
            {"Id": ident, "Code": code, "SenderFault": code.startswith("Sender"), "Message": "no"}
            for (ident, _), code in zip(found, codes, strict=True)
            if code
        ]
        if kind in {"queue", "topic"}:
            return {"Failed": failed}
        return {"Records": results} if kind == "stream" else {"Entries": results, "FailedEntryCount": len(failed)}


def module(name: str, text: str) -> ModuleType:
    made = sys.modules[name] = ModuleType(name)
    exec(compile(text, f"{name}.py", "exec"), made.__dict__)  # noqa: S102 - what is generated is run
    return made


@pytest.fixture(scope="module")
def sending() -> Iterator[Sending]:
    files = emit_function(PUBLISHER).files
    with pytest.MonkeyPatch.context() as patch:
        for name in ("senders", "batches", "standin"):
            patch.delitem(sys.modules, name, raising=False)
        aws = module("standin", rendered("standin", {"topology": "orders"})).Aws()
        patch.setattr(botocore.session, "get_session", aws.session)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_DEFAULT_REGION": "eu-central-1",
        }.items():
            patch.setenv(name, value)
        for kind, (_, address) in CHANNELS.items():
            patch.setenv(kind.upper(), address)
        senders = module("senders", files["functions/json/senders.py"])
        patch.setattr(senders.time, "sleep", lambda _: None)
        yield Sending(senders, module("batches", files["functions/json/batches.py"]), aws)
        for name in ("senders", "batches", "standin"):
            sys.modules.pop(name, None)


@pytest.mark.parametrize(("kind", "size"), [("queue", 10), ("topic", 10), ("stream", 500), ("bus", 10)])
def test_calls_are_as_large_as_the_service_takes_them(sending: Sending, kind: str, size: int) -> None:
    messages: list[tuple[str, str | None]] = [(f"m{at}", None) for at in range(size + 3)]
    assert sending.send(kind, messages, lambda _: None) is None
    assert [len(call) for call in sending.calls] == [size, 3]
    assert sending.accepted == [text for text, _ in messages]


@pytest.mark.parametrize("kind", CHANNELS)
def test_what_is_refused_for_the_moment_is_sent_again_and_nothing_else_is(sending: Sending, kind: str) -> None:
    refused = {"b": 2}

    def verdict(text: str) -> str | None:
        refused[text] = refused.get(text, 0) - 1
        return "ThrottlingException" if refused[text] >= 0 else None

    assert sending.send(kind, [("a", None), ("b", None), ("c", None)], verdict) is None
    assert sending.calls == [["a", "b", "c"], ["b"], ["b"]]


@pytest.mark.parametrize("kind", CHANNELS)
def test_what_does_not_go_is_named_and_the_rest_has_gone(sending: Sending, kind: str) -> None:
    codes = {"b": "SenderMalformed", "d": "InternalFailure"}
    error = sending.send(kind, [(text, None) for text in "abcde"], codes.get)
    assert type(error).__name__ == "UnsentError"
    assert error.reasons == {1: "SenderMalformed: no", 3: "InternalFailure: no"}
    assert str(error) == (
        f"{kind.upper()} did not accept 2 of 5 messages (1: SenderMalformed: no; 3: InternalFailure: no)"
    )
    assert sorted(sending.accepted) == ["a", "c", "e"]
    assert [call for call in sending.calls if "b" in call] == [["a", "b", "c", "d", "e"]]
    assert sum("d" in call for call in sending.calls) == sending.senders.ATTEMPTS


def test_a_call_that_fails_names_all_that_were_not_accepted(sending: Sending) -> None:
    calls: list[int] = []

    def refuse(given: dict[str, Any]) -> dict[str, Any]:
        calls.append(len(given["Entries"]))
        if len(calls) > 1:
            raise sys.modules["standin"].Refusal("AccessDenied")
        return {}

    sending.aws.answers["sqs.SendMessageBatch"] = refuse
    parcels = [sending.senders.Parcel(message="M", data=at) for at in range(25)]
    with pytest.raises(sending.batches.UnsentError) as raised:
        sending.batches.to_queue_batch("QUEUE", parcels)
    assert calls == [10, 10]
    assert list(raised.value.reasons) == list(range(10, 25))
    assert "AccessDenied" in raised.value.reasons[10]
    assert raised.value.reasons[24].startswith("not tried after ClientError")
    assert isinstance(raised.value.__cause__, ClientError)


def test_one_that_is_too_large_keeps_all_of_them_back(sending: Sending) -> None:
    parcels = [sending.senders.Parcel(message="M", data=text, max_bytes=100) for text in ("a", "b" * 200)]
    sending.aws.answers["sqs.SendMessageBatch"] = lambda _: pytest.fail("it was sent")
    with pytest.raises(sending.senders.PublishError, match="and 100 may travel"):
        sending.batches.to_queue_batch("QUEUE", parcels)


def test_large_messages_share_no_call_that_would_be_too_large(sending: Sending) -> None:
    assert sending.send("queue", [("x" * 400_000, None)] * 5, lambda _: None) is None
    assert [len(call) for call in sending.calls] == [2, 2, 1]


def test_a_bus_tries_one_event_again_too(sending: Sending) -> None:
    codes = iter(["ThrottlingException", "InternalFailure"])

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        code = next(codes, None)
        return {"FailedEntryCount": int(code is not None), "Entries": [{"ErrorCode": code}] if code else []}

    sending.aws.answers["events.PutEvents"] = answer
    parcel = sending.senders.Parcel(message="M", data={})
    sending.senders.to_bus("BUS", parcel, source="s", detail_type="M")
    assert next(codes, None) is None
    sending.aws.answers["events.PutEvents"] = {
        "FailedEntryCount": 1,
        "Entries": [{"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "no"}],
    }
    sending.aws.calls.clear()
    with pytest.raises(sending.senders.PublishError, match="NotAuthorizedForSourceException: no"):
        sending.senders.to_bus("BUS", parcel, source="s", detail_type="M")
    assert len(sending.aws.calls) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["g", "h", "i"]), st.lists(st.sampled_from("tts"), max_size=4)), max_size=25),
    st.sampled_from(["queue", "topic", "stream"]),
)
def test_in_order_nothing_is_overtaken_and_everything_is_told(
    sending: Sending, plan: list[tuple[str, list[str]]], kind: str
) -> None:
    """Each message is refused a few times: by throttles (t), or for good (s)."""
    codes = {f"{at}": iter(refusals) for at, (_, refusals) in enumerate(plan)}
    words = {"t": "ThrottlingException", "s": "SenderMalformed", None: None}
    messages: list[tuple[str, str | None]] = [(f"{at}", group) for at, (group, _) in enumerate(plan)]
    error = sending.send(kind, messages, lambda text: words[next(codes[text], None)], ordered=True)
    lost = set(error.reasons) if error else set()
    went = [int(text) for text in sending.accepted]
    assert len(went) == len(set(went))
    assert {*went} | lost == set(range(len(plan)))
    assert not {*went} & lost
    for name in "ghi":
        mine = [at for at, (group, _) in enumerate(plan) if group == name]
        sent = [at for at in went if plan[at][0] == name]
        assert sent == mine[: len(sent)]
