"""Defaults merged under components: deep for mappings, whole for everything else."""

from collections.abc import Mapping
from typing import Any

_ALTERNATIVES: Mapping[str, frozenset[str]] = {
    "dlq": frozenset({"none", "queue"}),
    "on_failure": frozenset({"none", "queue", "bucket"}),
    "encryption": frozenset({"none"}),
    "idempotency": frozenset({"none"}),
    "code": frozenset({"bucket", "image"}),
    "dlq_depth": frozenset({"off"}),
    "queue_age": frozenset({"off"}),
    "errors": frozenset({"off"}),
    "throttles": frozenset({"off"}),
    "missing_tasks": frozenset({"off"}),
    "iterator_age": frozenset({"off"}),
    "outbox_lag": frozenset({"off"}),
}
"""Keys of the language that can be written in several ways, with the words that tell these apart."""
_OF_ANY_DLQ = frozenset({"max_receives"})


def merged(default: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``own`` over ``default``. A null in ``own`` removes the default; lists, and mappings that say another thing, are replaced."""
    result = dict(default)
    for key, value in own.items():
        below = default.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and adds(key, below, value):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result


def adds(key: str, below: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Whether a mapping goes on with what the default says, as ``{max_receives: 3}`` does with any dead-letter queue."""
    words = _ALTERNATIVES.get(key, frozenset())
    same = words & own.keys() == words & below.keys()
    return same or (key == "dlq" and "none" not in below and own.keys() <= _OF_ANY_DLQ)
