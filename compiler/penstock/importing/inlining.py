"""Dead-letter queues that serve one queue, delivery or function alone, written where they are used: as the compiler names them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from penstock.kinds.invocations import failed_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.importing.sheet import Sheet

_KEYS = frozenset(
    {"encryption", "max_size", "physical_name", "receive_wait", "retention", "tags", "visibility_timeout"}
)
_LEFT_OUT = {"delay": "0s", "fair": False}
"""What such a queue cannot say, and is by itself."""
_PER_QUEUE = {"deduplication": "explicit", "throughput": "queue"}


def inline(sheet: Sheet) -> None:
    """Move the queues that nobody else names."""
    queues = sheet.data.get("queues", {})
    often = Counter(named for _, own in sheet.components() for named in _named(own))
    for around, key, host, name, fifo in list(_places(sheet)):
        queue = queues.get(name)
        if queue is None or often[name] != 1 or not _fits(queue, host, fifo, at_queue="max_receives" in around[key]):
            continue
        said = around[key]
        if queue.get("tags") == host.get("tags"):
            queue.pop("tags", None)
        for word in (*_LEFT_OUT, "fifo"):
            queue.pop(word, None)
        if "max_receives" in said:
            rest = dict(queue)
            queue.clear()
            queue.update({"max_receives": said["max_receives"], **rest})
        sheet.keep(said)
        around[key] = queue
        del queues[name]
        owner = next(route for route, own in sheet.components() if own is host)
        for text in sheet.notes.pop(("queues", name), ()):
            sheet.say(owner, text)


def given_up_to(value: Any, key: str | int = "") -> Iterator[str]:  # noqa: ANN401 - the data of a topology
    """All queues that are named as the place of what was given up."""
    if isinstance(value, dict | list):
        for inner_key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if inner_key == "queue" and key in {"dlq", "on_failure"} and isinstance(inner, str):
                yield inner
            yield from given_up_to(inner, inner_key)


def _named(value: Any) -> Iterator[str]:  # noqa: ANN401 - the data of a topology
    """All queues that are named anywhere."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key in {"queue", "source", "to"} and isinstance(inner, str):
                yield inner
            yield from _named(inner)


def _places(sheet: Sheet) -> Iterator[tuple[dict[str, Any], str, dict[str, Any], str, Any]]:
    """Where a queue is named as the compiler would: around it and the key, whose it is, its name, and the FIFO queue that it would be."""
    for (section, owner), own in sheet.components():
        if "existing" in own:
            continue
        if section == "queues" and (own.get("dlq") or {}).get("queue") == f"{owner}-dlq":
            yield own, "dlq", own, f"{owner}-dlq", own.get("fifo")
        given_up = own.get("async") or {}
        if (given_up.get("on_failure") or {}).get("queue") == failed_name(str(owner)):
            yield given_up, "on_failure", own, failed_name(str(owner)), None
        for entry in own.get("from", ()):
            name = f"{owner}-from-{entry.get('source')}-dlq"
            if (entry.get("dlq") or {}).get("queue") == name and section in {"queues", "consumers"}:
                topic = sheet.data.get("topics", {}).get(entry["source"], {})
                yield entry, "dlq", own, name, _PER_QUEUE if "fifo" in topic else None


def _fits(queue: dict[str, Any], host: dict[str, Any], fifo: object, *, at_queue: bool) -> bool:
    """Whether a queue can be written in the place of its name, and is then what it was."""
    stated = {key for key in queue if key not in _LEFT_OUT or queue[key] != _LEFT_OUT[key]} - {"fifo"}
    allowed = _KEYS | {"redrive_allow"} if at_queue else _KEYS
    inherits = all(key in queue or key not in host for key in ("encryption", "tags"))
    return stated <= allowed and queue.get("fifo") == fifo and inherits
