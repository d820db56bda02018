"""JSON Schemas as types of a programming language: what the generated messages consist of, before they are text.

Whatever a schema says that a class cannot is noted, so that the compiler can tell: a generated class may accept more
than the schema does, and then there is a note, but it never refuses what the schema allows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from penstock.emit.python_code import Call, Code, Names, call, pascal
from penstock.emit.python_types import MessageStub, SchemaNote
from penstock.emit.schema_keywords import (
    BESIDE_A_REFERENCE,
    BOUNDS,
    DESCRIBING,
    LENGTHS,
    SIZES,
    TYPED_WORDS,
    Schema,
    description,
    fixed_values,
    is_object,
    unchecked,
)
from penstock.model.formats import CHECKED
from penstock.model.pointers import resolve, step

INLINE_LITERAL = 30


@dataclass(frozen=True, slots=True)
class Shape:
    """How a value is typed and read."""

    annotation: str
    reader: Call | Code
    nullable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How a programming language says types, and how its module ``wire`` reads values of them.

    ``anything`` is the type of every value, ``nothing`` that of null; ``types`` are those of text, numbers and truth. ``reader`` makes
    the call of a function of ``wire``, by its name, with other readers and with named limits. ``choice`` is the type of fixed values,
    None where there is none, and ``alias`` the same as it stands behind a name. ``pattern`` is None for one that cannot be said.
    """

    anything: str
    nothing: str
    types: Mapping[str, str]
    words: frozenset[str]
    array: Callable[[str], str]
    mapping: Callable[[str], str]
    named: Callable[[str], Code]
    reader: Callable[[str, Sequence[Call | Code], Mapping[str, Code]], Call | Code]
    literal: Callable[[object], Code]
    constant: Callable[[object], Call | Code]
    choice: Callable[[Sequence[object]], str | None]
    alias: Callable[[Sequence[object]], Call | Code]
    pattern: Callable[[str], Code | None]
    fields: Callable[[list[str]], Mapping[str, str]]

    @property
    def any(self) -> Shape:
        """Any value at all."""
        return Shape(self.anything, Code("wire.anything"), nullable=True)

    @property
    def null(self) -> Shape:
        """JSON's null."""
        return Shape(self.nothing, Code("wire.null"), nullable=True)

    def nullable(self, shape: Shape) -> str:
        """The type of a shape's value, or of none."""
        return shape.annotation if shape.nullable else f"{shape.annotation} | {self.nothing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a class: the key on the wire, and the name in Python."""

    key: str
    name: str
    shape: Shape
    required: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClass:
    """A class for a JSON object; ``extra`` is the type of fields without a name, None where there can be none."""

    name: str
    description: str
    fields: tuple[Field, ...]
    demanded: tuple[str, ...] = ()
    extra: Shape | None = None
    message: MessageStub | None = None
    wraps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageModule:
    """All classes of a function's messages. ``class_of`` has the class name of each message; ``formats`` says whether texts have some."""

    aliases: tuple[tuple[str, Call | Code], ...]
    classes: tuple[MessageClass, ...]
    class_of: Mapping[str, str]
    notes: tuple[SchemaNote, ...]
    formats: bool


def message_module(messages: tuple[MessageStub, ...], language: Language) -> MessageModule:
    """The types of some messages; their own names come first, so that no nested class takes them."""
    ordered = sorted(messages, key=lambda message: message.name)
    names = Names(language.words)
    class_of = {message.name: names.new(message.name, "Message") for message in ordered}
    readings = [_Reading(message, class_of[message.name], names, language) for message in ordered]
    for reading in readings:
        reading.read()
    return MessageModule(
        aliases=tuple(alias for reading in readings for alias in reading.aliases),
        classes=tuple(each for reading in readings for each in reading.classes),
        class_of=class_of,
        notes=tuple(dict.fromkeys(note for reading in readings for note in reading.notes)),
        formats=any(reading.formatted for reading in readings),
    )


@dataclass
class _Reading:
    """One schema on its way into classes."""

    message: MessageStub
    root: str
    names: Names
    language: Language
    classes: list[MessageClass] = field(default_factory=list)
    aliases: list[tuple[str, Call | Code]] = field(default_factory=list)
    notes: list[SchemaNote] = field(default_factory=list)
    known: dict[str, Shape] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    formatted: bool = False

    def read(self) -> None:
        """Read the whole schema. A message that is no object becomes a class with the one field ``value``."""
        pointer, schema = self._root()
        if isinstance(schema, Mapping) and is_object(schema):
            self._remarks(schema, pointer)
            self.known[""] = self._class(schema, pointer, self.root)
            return
        self.open.add("")
        shape = self.shape(self.message.schema, "", self.root)
        value = Field(key="value", name="value", shape=shape, required=True, description="")
        described = description(self.message.schema)
        self.classes.append(
            MessageClass(name=self.root, description=described, fields=(value,), message=self.message, wraps=True)
        )

    def _root(self) -> tuple[str, object]:
        """The schema of the message itself: where the root only refers to it, what it refers to."""
        pointer: str = ""
        schema: object = self.message.schema
        seen = {pointer}
        while isinstance(schema, Mapping) and not BESIDE_A_REFERENCE & schema.keys():
            target = str(schema.get("$ref", ""))[1:]
            if not str(schema.get("$ref", "")).startswith("#/") or target in seen:
                break
            try:
                pointer, schema = target, resolve(self.message.schema, target)
            except KeyError:
                break
            seen.add(pointer)
        return pointer, schema

    def shape(self, schema: object, pointer: str, hint: str) -> Shape:
        """The type of what a schema describes; ``hint`` names the classes and aliases that it needs."""
        if not isinstance(schema, Mapping):
            return self.language.any if schema is True else self._unsaid(pointer, "allows no value at all")
        if "$id" in schema and pointer:
            return self._unsaid(pointer, "has its own '$id', so its references mean other things")
        if "$ref" in schema:
            return self._reference(schema, pointer)
        self._remarks(schema, pointer)
        if "const" in schema or "enum" in schema:
            return self._literal(schema, hint)
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._any_of([self._typed(str(each), schema, pointer, hint) for each in kind])
        if kind is not None:
            return self._typed(str(kind), schema, pointer, hint)
        for word in ("anyOf", "oneOf"):
            if isinstance(schema.get(word), list):
                return self._alternatives(schema, word, pointer, hint)
        return self._untyped(schema, pointer, hint)

    def _typed(self, kind: str, schema: Schema, pointer: str, hint: str) -> Shape:
        match kind:
            case "object":
                return self._object(schema, pointer, hint)
            case "array":
                return self._array(schema, pointer, hint)
            case "string":
                return self._string(schema, pointer)
            case "integer" | "number":
                reader = self.language.reader(kind, (), self._limits(schema, BOUNDS))
                return Shape(self.language.types[kind], reader)
            case "boolean":
                return Shape(self.language.types[kind], Code("wire.boolean"))
            case "null":
                return self.language.null
            case _:
                return self._unsaid(pointer, f"{kind!r} is no JSON type")

    def _untyped(self, schema: Schema, pointer: str, hint: str) -> Shape:
        if is_object(schema):
            self._note(pointer, "has no 'type'; it is read as an object")
            return self._object(schema, pointer, hint)
        if DESCRIBING & schema.keys():
            return self._unsaid(pointer, "only whole types can be written as one")
        if TYPED_WORDS & schema.keys():
            return self._unsaid(pointer, "has no 'type', so its other words are not checked")
        return self.language.any

    def _object(self, schema: Schema, pointer: str, hint: str) -> Shape:
        extra = schema.get("additionalProperties", True)
        if not schema.get("properties") and not schema.get("required") and extra is not False:
            shape = self._extra(schema, pointer, hint) or self.language.any
            reader = self.language.reader("mapping", (shape.reader,), {})
            return Shape(self.language.mapping(shape.annotation), reader)
        return self._class(schema, pointer, self.names.new(hint, "Message"))

    def _class(self, schema: Schema, pointer: str, name: str) -> Shape:
        """A class; it is known before its fields are read, so that they may refer to it."""
        shape = self.known[pointer] = Shape(name, self.language.named(name))
        properties = schema.get("properties")
        named = {str(key): each for key, each in properties.items()} if isinstance(properties, Mapping) else {}
        needed = schema.get("required")
        required = [str(key) for key in needed] if isinstance(needed, list) else []
        names = self.language.fields(list(named))
        fields = [
            Field(
                key=key,
                name=names[key],
                shape=self.shape(each, step(pointer, "properties", key), name + pascal(key)),
                required=key in required,
                description=description(each),
            )
            for key, each in named.items()
        ]
        self.classes.append(
            MessageClass(
                name=name,
                description=description(schema),
                fields=tuple(fields),
                demanded=tuple(key for key in dict.fromkeys(required) if key not in named),
                extra=self._extra(schema, pointer, name),
                message=self.message if name == self.root else None,
            )
        )
        return shape

    def _extra(self, schema: Schema, pointer: str, hint: str) -> Shape | None:
        """The type of fields that have no name; None where there can be none."""
        extra = schema.get("additionalProperties", True)
        if extra is True or "patternProperties" in schema:
            return self.language.any
        return None if extra is False else self.shape(extra, step(pointer, "additionalProperties"), f"{hint}Value")

    def _array(self, schema: Schema, pointer: str, hint: str) -> Shape:
        items = schema.get("items", True)
        if "prefixItems" in schema or items is False:
            self._note(step(pointer, "items"), "is not checked")
            items = True
        item = self.shape(items, step(pointer, "items"), f"{hint}Item")
        limits = self._limits(schema, SIZES)
        if schema.get("uniqueItems") is True:
            limits["unique"] = self.language.literal(schema["uniqueItems"])
        return Shape(self.language.array(item.annotation), self.language.reader("array", (item.reader,), limits))

    def _string(self, schema: Schema, pointer: str) -> Shape:
        limits = self._limits(schema, LENGTHS)
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            translated = self.language.pattern(pattern)
            if translated is None:
                self._note(step(pointer, "pattern"), "is not checked, because Python's patterns differ")
            else:
                limits["pattern"] = translated
        reader = self.language.reader("string", (), limits)
        form = schema.get("format")
        if isinstance(form, str) and form in CHECKED:
            self.formatted = True
            reader = call("formats.of", self.language.literal(form), reader)
        return Shape(self.language.types["string"], reader)

    def _literal(self, schema: Schema, hint: str) -> Shape:
        """Fixed values; a long type of them gets a name."""
        values = fixed_values(schema)
        reader = self.language.reader("literal", [self.language.constant(value) for value in values], {})
        flat = self.language.choice(values)
        if flat is None:
            return Shape(self.language.anything, reader, nullable=True)
        nullable = None in values
        if len(flat) <= INLINE_LITERAL:
            return Shape(flat, reader, nullable)
        alias = self.names.new(hint, "Values")
        self.aliases.append((alias, self.language.alias(values)))
        return Shape(alias, reader, nullable)

    def _alternatives(self, schema: Schema, word: str, pointer: str, hint: str) -> Shape:
        options = schema[word]
        given = options if isinstance(options, list) else []
        shapes = [self.shape(each, step(pointer, word, at), f"{hint}{at + 1}") for at, each in enumerate(given)]
        if TYPED_WORDS & schema.keys():
            self._note(pointer, f"only {word!r} is checked, not the words beside it")
        return self._any_of(shapes, "one_of" if word == "oneOf" else "any_of")

    def _any_of(self, shapes: list[Shape], reader: str = "any_of") -> Shape:
        language = self.language
        others = [shape for shape in shapes if shape != language.null]
        agree = reader == "one_of" and len(others) < len(shapes) - 1  # two that take null, so that it is refused
        if len(shapes) <= 1:
            return shapes[0] if shapes else language.any
        if not others and not agree:
            return language.null
        if len(others) == 1 and not others[0].nullable and not agree:
            inner = others[0]
            return Shape(language.nullable(inner), language.reader("nullable", (inner.reader,), {}), nullable=True)
        nullable = any(shape.nullable for shape in shapes)
        annotations = list(dict.fromkeys(shape.annotation for shape in others))
        if len(others) < len(shapes) and not any(shape.nullable for shape in others):
            annotations.append(language.nothing)
        annotation = language.anything if language.anything in annotations else " | ".join(annotations)
        return Shape(annotation, language.reader(reader, [shape.reader for shape in shapes], {}), nullable)

    def _reference(self, schema: Schema, pointer: str) -> Shape:
        reference = str(schema["$ref"])
        target = reference.removeprefix("#")
        if not reference.startswith("#") or (target and not target.startswith("/")):
            return self._unsaid(pointer, f"the reference {reference!r} leads out of the schema")
        if BESIDE_A_REFERENCE & schema.keys():
            self._note(pointer, "only '$ref' is checked, not the words beside it")
        if target in self.known:
            return self.known[target]
        if target in self.open:
            return self._unsaid(pointer, f"the reference {reference!r} is part of itself")
        try:
            found = resolve(self.message.schema, target)
        except KeyError:
            return self._unsaid(pointer, f"the reference {reference!r} leads nowhere")
        self.open.add(target)
        self.known[target] = self.shape(found, target, self.root + pascal(target.rpartition("/")[2]))
        self.open.discard(target)
        return self.known[target]

    def _remarks(self, schema: Schema, pointer: str) -> None:
        for word, reason in unchecked(schema):
            self._note(step(pointer, word), reason)

    def _limits(self, schema: Schema, words: Mapping[str, str]) -> dict[str, Code]:
        """The bounds that a schema sets, by the names of a reader's arguments."""
        found = {name: schema.get(word) for word, name in words.items()}
        return {name: self.language.literal(value) for name, value in found.items() if _is_number(value)}

    def _unsaid(self, pointer: str, reason: str) -> Shape:
        """Any value at all, and a note why."""
        self._note(pointer, f"{reason}: any value is accepted")
        return self.language.any

    def _note(self, pointer: str, reason: str) -> None:
        self.notes.append(SchemaNote(self.message.name, pointer, reason))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
