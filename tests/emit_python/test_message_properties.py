"""Any schema gives code that runs, whatever it contains, and the classes agree with the schema."""

# ruff: noqa: ANN401 - JSON values, and classes that exist only at run time

import ast
import contextlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.emit.python import emit_function
from penstock.emit.python_types import FunctionStub, MessageStub, SourceStub
from tests.emit_python.loading import load, made
from tests.formatted import TEXTS, validator

HOSTILE = [
    'x"""',
    "'''",
    "\\",
    'a\\"',
    "line\nbreak",
    "\r\x85\u2028",
    "# fmt: off",
    "class",
    "__init__",
    "__class__",
    "self",
    "extra",
    "None",
    "str",
    "{{ 1 }}",
    "{% raw %}",
    "${x}",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "größe",
    "",
    "0",
    "to_dict",
    "wire",
    "%s",
    '"); import os; ("',
]
KEYS = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(["a", "b", "orderId", "Line"]), st.text(max_size=6))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0]), KEYS)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=5,
)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _some(**words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """All of the words, or some of them."""
    return st.one_of(
        st.fixed_dictionaries(words, optional={"description": KEYS}),
        st.fixed_dictionaries({}, optional={**words, "title": KEYS}),
    )


def _typed(kind: str, **words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return _some(**words).map(lambda found: {"type": kind, **found})


BOUND = st.integers(-2, 2)
LEAVES = st.one_of(
    st.booleans().filter(bool),
    _typed(
        "string",
        minLength=st.integers(0, 2),
        maxLength=st.integers(2, 4),
        pattern=st.sampled_from(["^a", "$", '"', "'''"]),
    ),
    st.builds(lambda form: {"type": "string", "format": form}, st.sampled_from(sorted(TEXTS))),
    _typed("integer", minimum=BOUND, exclusiveMaximum=BOUND, multipleOf=st.integers(1, 2)),
    _typed("number", maximum=BOUND, exclusiveMinimum=BOUND),
    _typed("boolean"),
    _typed("null"),
    st.builds(lambda values: {"enum": values}, st.lists(JSON, min_size=1, max_size=4)),
    st.builds(lambda value: {"const": value}, JSON),
    st.just({"type": ["integer", "null"]}),
)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        objects(inner),
        _typed("array", items=inner, minItems=st.integers(0, 1), maxItems=st.integers(1, 3), uniqueItems=st.booleans()),
        st.builds(lambda options: {"anyOf": options}, several),
        st.builds(lambda options: {"oneOf": options}, several),
    )


def objects(inner: st.SearchStrategy[Any], keys: st.SearchStrategy[str] = KEYS) -> st.SearchStrategy[dict[str, Any]]:
    return _typed(
        "object",
        properties=st.dictionaries(keys, inner, max_size=4),
        required=st.lists(keys, max_size=2, unique=True),
        additionalProperties=st.one_of(st.just(value=False), st.just(value=True), inner),
    )


SCHEMAS = st.recursive(LEAVES, nested, max_leaves=6)
NAMES = st.one_of(st.sampled_from(["OrderPlaced", "Any", "Dict", "Literal"]), KEYS)


NEAR = {
    "string": st.sampled_from(["", "a", "ab", "b", "abcd", "abcde", '"', "\N{GRINNING FACE}" * 2]),
    "integer": st.one_of(st.integers(-3, 3), st.sampled_from([1.0, 0.5])),
    "number": st.one_of(st.integers(-3, 3), st.sampled_from([1.0, 0.5])),
    "boolean": st.booleans(),
    "null": st.none(),
}


def fitting(schema: Any) -> st.SearchStrategy[Any]:
    """Values that have a good chance to fit, or to miss by little."""
    if not isinstance(schema, dict):
        return SCALARS
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return st.one_of([fitting(each) for each in options])
    if "enum" in schema or "const" in schema:
        return st.one_of(st.sampled_from(schema.get("enum") or [schema.get("const")]), SCALARS)
    if "format" in schema:
        return st.one_of(st.sampled_from(TEXTS[schema["format"]]), SCALARS)
    kind = schema.get("type")
    if kind == "object":
        return _objects_for(schema)
    if kind == "array":
        return st.lists(fitting(schema.get("items")), max_size=3)
    return NEAR.get(str(kind), SCALARS)


def _objects_for(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    fields = {key: fitting(each) for key, each in schema.get("properties", {}).items()}
    needed = {key: fields.get(key, fitting(schema.get("additionalProperties"))) for key in schema.get("required", [])}
    other = {"other": fitting(schema.get("additionalProperties")), **fields}
    return st.one_of(
        st.fixed_dictionaries({**fields, **needed}),
        st.fixed_dictionaries(needed, optional={key: each for key, each in other.items() if key not in needed}),
        st.fixed_dictionaries({}, optional=fields),
    )


@FEW
@given(schema=st.one_of(objects(SCHEMAS), SCHEMAS, LEAVES), data=st.data())
def test_a_class_accepts_what_its_schema_accepts(schema: Any, data: st.DataObject) -> None:
    function = made(MessageStub(name="Msg", schema=schema))
    module = load(function)
    fits = validator(schema).is_valid
    for _ in range(8):
        value = data.draw(fitting(schema))
        try:
            read = module.Msg.from_dict(value)
        except module.wire.MessageError:
            assert not fits(value)
            continue
        assert fits(value) or function.notes
        assert module.Msg.from_dict(read.to_dict()) == read


@FEW
@given(
    schema=st.one_of(SCHEMAS, st.dictionaries(KEYS, JSON, max_size=4)), names=st.lists(NAMES, min_size=1, max_size=3)
)
def test_whatever_a_schema_contains_the_code_is_whole(schema: Any, names: list[str]) -> None:
    messages = tuple(MessageStub(name=name, schema=schema, idempotency_key="a") for name in dict.fromkeys(names))
    source = SourceStub(queue=names[0], messages=tuple(message.name for message in messages))
    stub = FunctionStub(name="f", topology=names[-1], timeout_s=3, messages=messages, sources=(source,))
    made_of_it = emit_function(stub)
    for text in (*made_of_it.files.values(), *made_of_it.created_once.values()):
        tree = ast.parse(text)
        imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert imported <= {"hashlib", "formats", "functools", "json", "math", "os", "re", "time", "wire", "f_logic"}
    load(made_of_it)


@FEW
@given(
    words=st.dictionaries(
        st.sampled_from(["$ref", "type", "enum", "anyOf", "items", "required", "$id", "pattern"]), JSON
    )
)
def test_a_schema_that_is_none_still_gives_code(words: Any) -> None:
    function = made(MessageStub(name="Msg", schema={"type": "object", "properties": {"x": words}}))
    with contextlib.suppress(ValueError):
        load(function).Msg.from_dict({"x": 1})
