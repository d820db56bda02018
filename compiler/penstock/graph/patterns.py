"""Event patterns and filter policies: whether they are well formed, and whether a message can ever match.

EventBridge and SNS share the language: a mapping of fields, each to a list of which any may hold. `may_match` asks it of what a contract
says instead of one event, and its answer is safe: ``False`` only where no message that keeps to the contract can match.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from penstock.model.shapes import Shape, shape_of

Route = tuple[str | int, ...]
OR = "$or"
_NOTHING: Mapping[str, Any] = {"additionalProperties": False}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def accepts(test: object, value: object) -> bool:
    """Whether one item of a list lets a scalar through that is there."""
    if not isinstance(test, dict):
        return _same(test, value)
    ((operator, operand),) = test.items()
    return bool(operand) if operator == "exists" else _OPERATORS[operator](operand, value)


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _text(operand: object, value: object, compare: Callable[[str, str], bool]) -> bool:
    """A comparison of texts; ``{equals-ignore-case: x}`` makes it one without case."""
    if not isinstance(value, str):
        return False
    if isinstance(operand, dict):
        return compare(value.lower(), str(next(iter(operand.values()))).lower())
    return any(compare(value, str(one)) for one in (operand if isinstance(operand, list) else [operand]))


def _anything_but(operand: object, value: object) -> bool:
    if isinstance(operand, dict):
        ((operator, inner),) = operand.items()
        several = inner if isinstance(inner, list) else [inner]
        return not any(_OPERATORS[operator](one, value) for one in several)
    return not any(_same(one, value) for one in (operand if isinstance(operand, list) else [operand]))


def _numeric(operand: Any, value: object) -> bool:  # noqa: ANN401 - JSON
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)


def _wildcard(operand: object, value: object) -> bool:
    import re

    parts = (re.escape(part) for part in str(operand).replace(r"\*", "\0").split("*"))
    pattern = ".*".join(parts).replace("\0", r"\*")
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def _cidr(operand: object, value: object) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(str(value)) in ipaddress.ip_network(str(operand), strict=False)
    except ValueError:
        return False


_OPERATORS: dict[str, Callable[[Any, object], bool]] = {
    "prefix": lambda operand, value: _text(operand, value, str.startswith),
    "suffix": lambda operand, value: _text(operand, value, str.endswith),
    "equals-ignore-case": lambda operand, value: _text({"": operand}, value, str.__eq__),
    "anything-but": _anything_but,
    "numeric": _numeric,
    "wildcard": _wildcard,
    "cidr": _cidr,
}
OPERATORS = (*_OPERATORS, "exists")
_OF_TEXTS = frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard", "cidr"})
_BUT = ("prefix", "suffix", "equals-ignore-case", "wildcard")


def matches(pattern: Mapping[str, Any], event: object) -> bool:
    """Whether an event matches; of a list in it any member may."""
    return all(_matches(name, wanted, event) for name, wanted in pattern.items())


def _matches(name: str, wanted: Any, event: object) -> bool:  # noqa: ANN401 - JSON
    if name == OR:
        return any(matches(one, event) for one in wanted)
    if isinstance(event, list):
        return any(_matches(name, wanted, each) for each in event)
    found = event.get(name, _NOTHING) if isinstance(event, dict) else _NOTHING
    if isinstance(wanted, dict):
        return matches(wanted, {} if found is _NOTHING else found)
    there = [one for one in (found if isinstance(found, list) else [found]) if not isinstance(one, dict)]
    if not there:
        return any(isinstance(test, dict) and test.get("exists") is False for test in wanted)
    return any(accepts(test, one) for test in wanted for one in there)


def may_match(pattern: Mapping[str, Any], schemas: Iterable[object], root: object) -> bool:
    """Whether something that keeps to all of these schemas may match; references are followed within ``root``."""
    shape = shape_of(schemas, root)
    return all(_may(name, wanted, shape, root) for name, wanted in pattern.items())


def _may(name: str, wanted: Any, shape: Shape, root: object) -> bool:  # noqa: ANN401 - JSON
    if name == OR:
        return any(all(_may(key, inner, shape, root) for key, inner in one.items()) for one in wanted)
    below = shape.properties.get(name)
    there = below is not None or not shape.closed
    lacking = name not in shape.required
    if isinstance(wanted, dict):
        if lacking and may_match(wanted, [_NOTHING], root):
            return True
        return there and _may_below(wanted, below, root)
    known = shape_of(below or (), root)
    return any(_may_hold(test, known, there=there, lacking=lacking) for test in wanted)


def _may_below(wanted: Mapping[str, Any], below: list[Any] | None, root: object) -> bool:
    known = shape_of(below or (), root)
    if known.types is not None and "array" in known.types:
        return True
    if known.types is not None and "object" not in known.types:
        return may_match(wanted, [_NOTHING], root)
    return may_match(wanted, below or (), root)


def _may_hold(test: object, known: Shape, *, there: bool, lacking: bool) -> bool:
    """Whether one item of a list may let the field through."""
    if isinstance(test, dict) and "exists" in test:
        return there if test["exists"] else lacking or _may_be_several(known)
    if not there:
        return False
    if known.values is not None and not known.nullable:
        return any(isinstance(one, dict | list) or accepts(test, one) for one in known.values)
    if known.types is None or known.types & {"array", "object"} or known.nullable:
        return True
    return bool(_types(test) & known.types)


def _may_be_several(known: Shape) -> bool:
    """Whether a field may be a mapping or a list, which for an operator is no value."""
    if known.types is not None:
        return bool(known.types & {"object", "array"})
    return known.values is None or any(isinstance(one, dict | list) for one in known.values)


def _types(test: object) -> frozenset[str]:
    """The types of what an item of a list can let through."""
    if isinstance(test, dict):
        operator = next(iter(test))
        if operator in _OF_TEXTS:
            return frozenset({"string"})
        return frozenset(
            {"number", "integer"} if operator == "numeric" else {"string", "number", "integer", "boolean", "null"}
        )
    match test:
        case bool():
            return frozenset({"boolean"})
        case int() | float():
            return frozenset({"number", "integer"})
        case None:
            return frozenset({"null"})
        case _:
            return frozenset({"string"})


def problems(pattern: object, *, nested: bool = True, at: Route = ()) -> Iterator[tuple[Route, str]]:
    """What AWS would refuse in a pattern, and where; ``nested`` is false for the attributes of a message, which have no fields."""
    if not isinstance(pattern, dict) or not pattern:
        yield at, "a pattern is a mapping of fields"
        return
    for name, wanted in pattern.items():
        route = (*at, name)
        if name == OR and isinstance(wanted, list) and wanted:
            for index, one in enumerate(wanted):
                yield from problems(one, nested=nested, at=(*route, index))
        elif isinstance(wanted, dict) and nested:
            yield from problems(wanted, at=route)
        elif not isinstance(wanted, list) or not wanted:
            more = "a list of values, or a mapping of fields" if nested else "a list of values"
            yield route, f"what {name!r} may be is {more}"
        else:
            for index, test in enumerate(wanted):
                if fault := _fault(test):
                    yield (*route, index), fault


def _fault(test: object) -> str | None:
    """What is wrong with one item of a list."""
    if isinstance(test, list):
        return "an item of the list is a value or an operator, not a list"
    if not isinstance(test, dict):
        return None
    if len(test) != 1:
        return "an operator stands alone in its mapping"
    ((operator, operand),) = test.items()
    if operator not in OPERATORS:
        return f"{operator!r} is no operator; there are {', '.join(OPERATORS)}"
    if not _OPERANDS[operator](operand):
        return f"{operator!r} cannot be used with {operand!r}"
    return None


def _is_text(operand: object) -> bool:
    return isinstance(operand, str) and operand != ""


def _is_cased(operand: object) -> bool:
    if isinstance(operand, dict):
        return list(operand) == ["equals-ignore-case"] and _is_text(operand["equals-ignore-case"])
    return _is_text(operand)


def _is_excludable(operand: object) -> bool:
    if isinstance(operand, dict):
        several = next(iter(operand.values()), None)
        texts = several if isinstance(several, list) else [several]
        return len(operand) == 1 and next(iter(operand)) in _BUT and bool(texts) and all(map(_is_text, texts))
    several = operand if isinstance(operand, list) else [operand]
    return bool(several) and not any(isinstance(one, Mapping | list) or one is None for one in several)


def _is_range(operand: object) -> bool:
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        return False
    numbers = [one for one in operand[1::2] if isinstance(one, int | float) and not isinstance(one, bool)]
    return all(sign in _COMPARISONS for sign in operand[::2]) and len(numbers) == len(operand) // 2


def _is_network(operand: object) -> bool:
    import ipaddress

    try:
        return isinstance(operand, str) and bool(ipaddress.ip_network(operand, strict=False))
    except ValueError:
        return False


_OPERANDS: dict[str, Callable[[object], bool]] = {
    "prefix": _is_cased,
    "suffix": _is_cased,
    "equals-ignore-case": _is_text,
    "anything-but": _is_excludable,
    "numeric": _is_range,
    "wildcard": _is_text,
    "cidr": _is_network,
    "exists": lambda operand: isinstance(operand, bool),
}
