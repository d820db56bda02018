"""Pieces of JSONata. Every function here gives an expression without its marks; `marked` puts them on."""

from collections.abc import Mapping, Sequence

from penstock.asl.steps import Condition, Paths

INPUT = "$states.input"
DATA, LOCAL = f"{INPUT}.data", f"{INPUT}.local"
EXECUTION = "$states.context.Execution.Name"
ERROR = "$states.errorOutput"
_CAUSE_LIMIT = 1_000
"""How much of an error's cause is kept: a stack trace of Lambda may have tens of thousands of characters."""


def marked(expression: str) -> str:
    """An expression as a field of a state has it."""
    return f"{{% {expression} %}}"


def text(value: str) -> str:
    r"""A text as JSONata writes it.

    >>> text("it's")
    "'it\\u0027s'"
    """
    import json

    plain = json.dumps(value)[1:-1].replace('\\"', '"')
    return "'" + plain.replace("'", "\\u0027") + "'"


def literal(value: object) -> str:
    """A JSON value as JSONata writes it."""
    import json

    return text(value) if isinstance(value, str) else json.dumps(value)


def mapping(fields: Mapping[str, str]) -> str:
    """An object; a field whose expression finds nothing is left out."""
    return "{" + ", ".join(f"{text(name)}: {value}" for name, value in fields.items()) + "}"


def listed(items: Sequence[str]) -> str:
    """A list; lists in it are poured out, and what finds nothing is left out."""
    return f"[{', '.join(items)}]"


def merged(*parts: str) -> str:
    """One object of several; the later win."""
    return f"$merge([{', '.join(parts)}])"


def at(data: str, path: str) -> str:
    """What stands at a dotted path."""
    return data + "".join(f".`{name}`" for name in path.split("."))


def narrowed(data: str, paths: Paths | None) -> str:
    """What a step gets of the data: all of it, or the arguments that it names."""
    return data if paths is None else mapping({name: at(data, path) for name, path in paths.items()})


def known(*, local: bool) -> str:
    """The data that a step sees: in a ``for_each`` with the item and the results of its steps so far."""
    return merged(DATA, LOCAL) if local else DATA


def key(step: str, *, local: bool) -> str:
    """What identifies a step of one execution, however often it is tried."""
    item = f" & '/' & {INPUT}.at" if local else ""
    return f"{EXECUTION} & {text('/' + step)}{item}"


def failure(step: str) -> str:
    """What is kept of an error that was caught."""
    cause = f"$substring($string({ERROR}.Cause), 0, {_CAUSE_LIMIT})"
    return mapping({"step": text(step), "error": f"{ERROR}.Error", "cause": cause})


def remaining(deadline: int) -> str:
    """The seconds that are left when a state is entered."""
    entered, started = "$states.context.State.EnteredTime", "$states.context.Execution.StartTime"
    return f"({deadline} - $floor(($toMillis({entered}) - $toMillis({started})) / 1000))"


def holds(tests: Sequence[Condition], data: str) -> str:
    """Whether all tests hold. It is true or false whatever the data are: a Choice has no Catch, so nothing in it may fail."""
    return " and ".join(_test(test, at(data, test.path)) for test in tests) or "true"


def _test(test: Condition, found: str) -> str:
    match test.word:
        case "present":
            return f"($exists({found}) = {literal(test.value)})"
        case "one_of":
            return "(" + " or ".join(f"{found} = {literal(value)}" for value in test.value) + ")"
        case "above" | "below":
            sign = ">" if test.word == "above" else "<"
            return f"($type({found}) = 'number' ? {found} {sign} {literal(test.value)} : false)"
        case _:
            return f"({found} = {literal(test.value)})"
