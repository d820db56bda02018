"""One mapping of the input with typed questions: after a kind has read its entry, nobody touches raw data again.

The data has passed the schema, so a question may rely on the type that the schema states. What is not written takes the default that
the schema states for the key, which makes the schema the one place for defaults.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from penstock import resources
from penstock.model import units
from penstock.model.component import (
    ANY_SIGNAL,
    BY_SERVICE,
    NO_ALLOWANCE,
    Absent,
    Allowance,
    Encryption,
    Existing,
    Export,
    Reference,
    Threshold,
)
from penstock.model.origin import Origin, Place

_NOTHING: Mapping[str, Any] = {}


class _Defaults(dict[str, Any]):
    """The defaults of keys, each looked up when it is first asked for."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def __missing__(self, key: str) -> Any:  # noqa: ANN401 - the data of a schema
        found = self[key] = _default(self._properties[key])
        return found


class Definition:
    """What the schema says of the keys of one mapping. It is asked the same for every component, and looks it up once."""

    __slots__ = ("_below", "_properties", "defaults")

    def __init__(self, properties: Mapping[str, Any]) -> None:
        """Wrap the schema's ``properties`` of the mapping."""
        self._properties = properties
        self.defaults = _Defaults(properties)
        self._below: dict[str, Definition] = {}

    def knows(self, key: str) -> bool:
        """Whether there is such a key."""
        return key in self._properties

    def below(self, key: str) -> "Definition":
        """The definition of the mapping that stands under a key."""
        if key not in self._below:
            self._below[key] = Definition(_nested(self._properties[key]))
        return self._below[key]


class Entry:
    """A mapping, where it was written, and the schema's definition of it.

    An entry of something ``existing`` has no defaults: what is not written of it is not known.
    """

    __slots__ = ("_around", "_definition", "_existing", "_path", "_read", "data")

    def __init__(
        self,
        data: Mapping[str, Any],
        around: Origin,
        definition: Definition,
        path: tuple[str | int, ...] = (),
        *,
        existing: bool = False,
    ) -> None:
        """Wrap ``data``, which stands at a path from ``around``."""
        self.data = data
        self._around = around
        self._path = path
        self._definition = definition
        self._existing = existing
        self._read: dict[str, Any] = {}  # the parts that were asked for: most are asked for several times

    @property
    def origin(self) -> Origin:
        """Where it was written; few parts are asked."""
        return self._around.child(*self._path) if self._path else self._around

    @classmethod
    def of(cls, definition: str, data: Mapping[str, Any], origin: Origin) -> "Entry":
        """An entry that the schema defines under ``$defs``."""
        return cls(data, origin, _definition(definition), existing=data.get("existing") is not None)

    @classmethod
    def without_defaults(cls, definition: str, data: Mapping[str, Any], origin: Origin) -> "Entry":
        """An entry of something that was not made as this language would: what is not written of it is not known."""
        return cls(data, origin, _definition(definition), existing=True)

    def _value(self, key: str) -> Any:  # noqa: ANN401 - the data of a document
        value = self.data.get(key)
        return self._definition.defaults[key] if value is None and not self._existing else value

    def knows(self, key: str) -> bool:
        """Whether the schema has the key here at all."""
        return self._definition.knows(key)

    def states(self, key: str) -> bool:
        """Whether the input says anything but null at ``key``."""
        return self.data.get(key) is not None

    def at(self, *path: str | int) -> Place:
        """The place of a key or of something inside it."""
        return Place(self.origin, path)

    def text(self, key: str) -> str | None:
        """A string."""
        value: str | None = self._value(key)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of strings; a single one may stand without a list."""
        value = self._value(key)
        return (value,) if isinstance(value, str) else tuple(value or ())

    def number(self, key: str) -> int | None:
        """A whole number."""
        value: int | None = self._value(key)
        return value

    def flag(self, key: str) -> bool:
        """A boolean; silence without a default is ``False``."""
        return bool(self._value(key))

    def seconds(self, key: str) -> int | None:
        """A duration in seconds."""
        value = self._value(key)
        return None if value is None else units.duration(value)

    def milliseconds(self, key: str) -> int | None:
        """A duration in milliseconds."""
        value = self._value(key)
        return None if value is None else units.milliseconds(value)

    def size(self, key: str) -> int | None:
        """A size in bytes."""
        value = self._value(key)
        return None if value is None else units.size(value)

    def rate(self, key: str) -> float | None:
        """A rate per second."""
        value = self._value(key)
        return None if value is None else units.rate(value)

    def pairs(self, key: str) -> dict[str, Any]:
        """An open mapping, such as tags; a null takes away what a default says."""
        stated = self._value(key)
        return {name: value for name, value in stated.items() if value is not None} if stated else {}

    def part(self, key: str) -> "Entry":
        """A nested mapping; an empty one where the input says nothing."""
        part: Entry | None = self._read.get(key)
        if part is None:
            data = self.data.get(key)
            below = data if isinstance(data, dict) else _NOTHING
            part = self._read[key] = Entry(below, self._around, self._definition.below(key), (*self._path, key))
        return part

    def parts(self, key: str, short: str | None = None) -> list["Entry"]:
        """A list of mappings. A single one may stand without a list, and a bare string is the mapping's ``short`` key."""
        if (several := self._read.get(key)) is None:
            several = self._read[key] = list(self._parts(key, short))
        return several

    def _parts(self, key: str, short: str | None) -> Iterator["Entry"]:
        value = self.data.get(key)
        if value is None:
            return
        definition, path = self._definition.below(key), (*self._path, key)
        items = (
            [(path, value)] if not isinstance(value, list) else [((*path, at), item) for at, item in enumerate(value)]
        )
        for place, item in items:
            data = {short: item} if short and isinstance(item, str) else item
            yield Entry(data, self._around, definition, place)

    def absent(self, key: str) -> Absent | None:
        """The reason where the entry says ``{none: reason}`` at ``key``."""
        value = self.data.get(key)
        return Absent(value["none"]) if isinstance(value, dict) and "none" in value else None

    def encryption(self) -> Encryption:
        """The key ``encryption`` that most kinds have."""
        value = self.data.get("encryption")
        return Encryption(value.get("key"), value.get("none")) if isinstance(value, dict) else BY_SERVICE

    def existing(self) -> Existing | None:
        """The key ``existing``: where something is that the stack does not make."""
        value = self.data.get("existing")
        if isinstance(value, str):
            return Existing(arn=value)
        return Existing(parameter=value.get("ssm"), export=value.get("export")) if value else None

    def export(self) -> Export | None:
        """The key ``export``: how others find the component."""
        value = self.data.get("export")
        if isinstance(value, dict):
            return Export(value.get("ssm"), value.get("stack"))
        return Export() if value else None

    def allowance(self) -> Allowance:
        """The key ``allow``."""
        if not self.states("allow"):
            return NO_ALLOWANCE
        part = self.part("allow")
        return Allowance(part.words("publish"), part.words("subscribe"))

    def references(self) -> tuple[Reference, ...]:
        """The names that the entry uses by its ``encryption``."""
        key = self.encryption().key
        return (Reference(key, self.at("encryption", "key"), ("key",)),) if key else ()

    def thresholds(self, key: str = "alarms") -> dict[str, Threshold]:
        """Alarm thresholds by signal, as far as they are written."""
        return read_thresholds(self.data.get(key) or {})

    def severities(self, key: str = "alarms") -> dict[str, str]:
        """How urgent alarms are, by signal, as far as it is written."""
        return read_severities(self.data.get(key) or {})


@cache
def _definition(name: str) -> Definition:
    return Definition(resources.schema()["$defs"][name]["properties"])


def _follow(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition behind a reference."""
    while "$ref" in rule:
        rule = resources.schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    return rule


def _default(rule: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the data of a schema
    """The default of a key: its own, or that of the definition it refers to."""
    while "default" not in rule and "$ref" in rule:
        rule = resources.schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    return rule.get("default")


def _nested(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ``properties`` of the mapping that stands under a key; of several alternatives the one with most to say."""
    rule = _follow(rule)
    if "properties" in rule:
        properties: Mapping[str, Any] = rule["properties"]
        return properties
    alternatives = [*rule.get("anyOf", ()), *([rule["items"]] if "items" in rule else [])]
    return max((_nested(alternative) for alternative in alternatives), key=len, default={})


def read_thresholds(data: Mapping[str, Any]) -> dict[str, Threshold]:
    """Alarm thresholds by signal. Durations become seconds; ``{off: reason}`` keeps its reason."""
    return {
        signal: _threshold(signal, value)
        for signal, value in data.items()
        if value is not None and signal not in _NO_SIGNALS
    }


_NO_SIGNALS = frozenset({"notify", "severity", "dashboard"})


def read_severities(data: Mapping[str, Any]) -> dict[str, str]:
    """How urgent alarms are, by signal; one word holds for all of them."""
    said = data.get("severity") or {}
    return {ANY_SIGNAL: said} if isinstance(said, str) else {name: word for name, word in said.items() if word}


def _threshold(signal: str, value: Any) -> Threshold:  # noqa: ANN401 - the data of a document
    if isinstance(value, dict):
        return Threshold(0, value["off"])
    if signal == "latency":
        percent = value.endswith("%")
        return Threshold(int(value[:-1]) if percent else units.milliseconds(value), percent=percent)
    return Threshold(units.duration(value) if isinstance(value, str) else value)
