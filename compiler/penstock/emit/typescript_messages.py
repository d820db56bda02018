"""What the template of ``messages.ts`` shows: the type of each JSON object as it is on the wire, and what checks it."""

from collections.abc import Iterator

from penstock.emit.message_types import Field, MessageClass, MessageModule
from penstock.emit.python_code import Call, Code, bracket
from penstock.emit.python_messages import default_description
from penstock.emit.typescript_code import comment, key, record, statement, strings, strings_and, with_one

BODY = 4


def messages_view(module: MessageModule, function: str) -> dict[str, object]:
    """The values for the template ``messages.ts.j2``."""
    return {
        "comment": comment(f"The messages of function {function}, as types"),
        "formats": module.formats,
        "aliases": [statement(f"export type {name} =", _alias(value)) for name, value in module.aliases],
        "classes": [_class_view(each) for each in module.classes],
    }


def _alias(value: Call | Code) -> Code:
    if not isinstance(value, Code):
        raise TypeError(value)
    return value


def _class_view(one: MessageClass) -> dict[str, object]:
    whole = _whole_type(one)
    return {
        "name": Code(one.name),
        "comment": comment(one.description or default_description(one)),
        "type": Code(whole or ""),
        "lines": [] if whole else [*map(_field_lines, one.fields), *_demanded_lines(one), *_extra_line(one)],
        "check": statement(f"const check{one.name}: wire.Check = ", _check(one)),
    }


def _whole_type(one: MessageClass) -> str | None:
    """The type of what is no object, and of an object that can have nothing in it."""
    if one.wraps:
        return one.fields[0].shape.annotation
    return None if one.fields or one.demanded or one.extra else "Readonly<Record<string, never>>"


def _field_lines(each: Field) -> Code:
    said = f"{comment(each.description, column=BODY)}\n{' ' * BODY}" if each.description else ""
    return Code(f"{said}readonly {key(each.key)}{'' if each.required else '?'}: {each.shape.annotation};")


def _demanded_lines(one: MessageClass) -> Iterator[Code]:
    annotation = one.extra.annotation if one.extra else "unknown"
    for name in one.demanded:
        yield Code(f"readonly {key(name)}: {annotation};")


def _extra_line(one: MessageClass) -> Iterator[Code]:
    """Fields without a name; TypeScript wants the named ones to be of their type too."""
    if one.extra is None:
        return
    found = [one.extra.annotation, *(each.shape.annotation for each in one.fields)]
    optional = ["undefined"] if any(not each.required for each in one.fields) else []
    annotation = "unknown" if "unknown" in found else " | ".join(dict.fromkeys([*found, *optional]))
    yield Code(f"readonly [field: string]: {annotation};")


def _check(one: MessageClass) -> Call | Code:
    if one.wraps:
        return one.fields[0].shape.reader
    fields: dict[str, Call | Code] = {}
    for name, required in (("required", True), ("optional", False)):
        chosen = [each for each in one.fields if each.required is required]
        if chosen:
            fields[name] = bracket("[", "]", (strings_and(each.key, each.shape.reader) for each in chosen))
    if one.demanded:
        fields["demanded"] = strings(one.demanded)
    if one.extra:
        fields["extra"] = one.extra.reader
    return with_one("wire.object", record(fields))
