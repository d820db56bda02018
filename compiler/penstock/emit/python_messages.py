"""What the template of ``messages.py`` shows: the lines of one frozen dataclass per JSON object."""

from collections.abc import Iterator

from penstock.emit.message_types import Field, MessageClass, MessageModule
from penstock.emit.python_code import (
    INDENT,
    Argument,
    Call,
    Code,
    call,
    docstring,
    literal,
    prose,
    statement,
    strings,
)
from penstock.emit.python_shapes import PYTHON

BODY = INDENT
DEEP = 2 * INDENT
AS_IT_IS = frozenset({"str", "int", "float", "bool"})


def messages_view(module: MessageModule, function: str) -> dict[str, object]:
    """The values for the template ``messages.py.j2``."""
    literals = "Literal[" in "".join(each.shape.annotation for one in module.classes for each in one.fields)
    extra = any(each.extra for each in module.classes)
    return {
        "module_docstring": Code(f'"""{prose(f"The messages of function {function}, as classes.")}"""'),
        "dataclasses": Code("dataclass, field" if extra else "dataclass"),
        "typing": Code("Any, ClassVar, Literal, Self" if literals or module.aliases else "Any, ClassVar, Self"),
        "formats": module.formats,
        "aliases": [statement(f"{name} = ", value, 0) for name, value in module.aliases],
        "classes": [_class_view(each) for each in module.classes],
    }


def _class_view(one: MessageClass) -> dict[str, object]:
    described = (f"{each.name}: {each.description}" for each in one.fields if each.description)
    return {
        "name": Code(one.name),
        "docstring": docstring(one.description or default_description(one), [described]),
        "constants": list(_constants(one)),
        "lines": [*map(_field_line, one.fields), *_extra_line(one)],
        "reading": list(_reading(one)),
        "writing": list(_writing(one)),
        "wire_type": Code("Any" if one.wraps else "dict[str, Any]"),
    }


def default_description(one: MessageClass) -> str:
    """What is said of a class whose schema says nothing."""
    return f"Message {one.message.name}" if one.message else "Part of a message"


def _constants(one: MessageClass) -> Iterator[Code]:
    if one.message:
        yield statement("MESSAGE: ClassVar[str] = ", literal(one.message.name), BODY)
        yield statement("VERSION: ClassVar[int] = ", literal(one.message.version), BODY)


def _field_line(each: Field) -> Code:
    if each.required:
        return statement(f"{each.name}: {each.shape.annotation}", Code(""), BODY)
    return statement(f"{each.name}: {PYTHON.nullable(each.shape)} = ", Code("None"), BODY)


def _extra_line(one: MessageClass) -> Iterator[Code]:
    if one.extra:
        yield statement(f"extra: dict[str, {one.extra.annotation}] = ", Code("field(default_factory=dict)"), BODY)


def _reading(one: MessageClass) -> Iterator[Code]:
    """The body of ``from_dict``."""
    if one.wraps:
        yield statement("reader = ", one.fields[0].shape.reader, DEEP)
        yield Code("return cls(value=reader(data, path))")
        return
    known = strings(each.key for each in one.fields)
    yield statement("fields = ", call("wire.Fields", Code("data"), Code("path"), known), DEEP)
    for key in one.demanded:
        yield statement("", call("fields.demand", literal(key)), DEEP)
    if one.extra is None:
        yield Code("fields.refuse_extra()")
    arguments = [Argument(_read(each), each.name) for each in one.fields]
    if one.extra:
        arguments.append(Argument(call("fields.extra", one.extra.reader), "extra"))
    yield statement("return ", Call("cls(", tuple(arguments)), DEEP)


def _read(each: Field) -> Call:
    return call(f"fields.{'required' if each.required else 'optional'}", literal(each.key), each.shape.reader)


def _writing(one: MessageClass) -> Iterator[Code]:
    """The body of ``to_dict``; named fields come last, so that nothing unnamed can stand in for them."""
    if one.wraps:
        yield Code("return wire.plain(self.value)")
        return
    yield Code(f"data: dict[str, Any] = {'wire.plain(self.extra)' if one.extra else '{}'}")
    for each in one.fields:
        plain = each.shape.annotation in AS_IT_IS
        value = Code(f"self.{each.name}" if plain else f"wire.plain(self.{each.name})")
        if each.required:
            yield statement(f"data[{literal(each.key)}] = ", value, DEEP)
            continue
        assignment = statement(f"data[{literal(each.key)}] = ", value, DEEP + INDENT)
        yield Code(f"if self.{each.name} is not None:\n{' ' * (DEEP + INDENT)}{assignment}")
    yield Code("return data")
