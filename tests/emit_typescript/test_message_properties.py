"""Any schema gives types that compile, whatever it contains, and the readers agree with the schema."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from penstock.emit.python_types import FunctionStub, MessageStub
from penstock.emit.typescript import emit_project, emit_typescript
from tests.emit_python.test_message_properties import LEAVES, SCHEMAS, fitting, nested, objects
from tests.emit_typescript.project import run, tools
from tests.formatted import TEXTS, near, validator

READING = Path(__file__).with_name("reading.mjs")
VALUES = 10
NEAR = 300
# Names that every object of JavaScript's has, and one that a literal of an object takes for something else.
INHERITED = st.sampled_from(["__proto__", "constructor", "toString", "hasOwnProperty"])


class Case(NamedTuple):
    """A schema, and documents as JSON texts, some of which fit it."""

    schema: Any
    texts: list[str]


def _cases() -> dict[str, Case]:
    """All cases, by the name of the message: they are made first, so that one build has them all."""
    found: dict[str, Case] = {}
    schemas = st.one_of(SCHEMAS, nested(LEAVES), nested(nested(LEAVES)), objects(LEAVES, INHERITED))

    @settings(
        max_examples=250,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(schema=schemas, data=st.data())
    def collect(schema: Any, data: st.DataObject) -> None:  # noqa: ANN401 - JSON
        values = [data.draw(fitting(schema)) for _ in range(VALUES)]
        texts = dict.fromkeys(json.dumps(value) for value in values)
        found[f"Msg{len(found)}"] = Case(schema, list(texts))

    collect()
    for name in TEXTS:
        texts = dict.fromkeys(json.dumps(text) for text in (*TEXTS[name], *near(name, NEAR)))
        found[f"Format{len(found)}"] = Case({"type": "string", "format": name}, list(texts))
    return found


def _build(messages: dict[str, Case], folder: Path) -> frozenset[str]:
    """Check and build the types of all messages; what is given back are the messages of which not all is checked."""
    stubs = tuple(MessageStub(name=name, schema=case.schema) for name, case in messages.items())
    stub = FunctionStub(name="f", topology="orders", timeout_s=3, typescript=True, messages=stubs)
    made = emit_typescript(stub)
    files = {**emit_project([stub]), **made.files}
    for name in ("functions/f/messages.ts", "lib/formats.ts", "lib/wire.ts", "tsconfig.json", "package.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(files[name], encoding="utf-8")
    both = 'export * as messages from "./functions/f/messages.js";\nexport * as wire from "./lib/wire.js";\n'
    (folder / "both.ts").write_text(both)
    (folder / "node_modules").symlink_to(tools())
    run(["node", "node_modules/typescript/bin/tsc"], folder, 120)
    whole = ["--bundle", "--platform=node", "--format=esm", "--outfile=dist/messages.mjs"]
    run(["node", "node_modules/esbuild/bin/esbuild", "both.ts", "--log-level=warning", *whole], folder, 60)
    return frozenset(note.message for note in made.notes)


@pytest.mark.slow
def test_readers_accept_what_their_schemas_accept(tmp_path: Path) -> None:
    cases = _cases()
    noted = _build(cases, tmp_path)
    given = json.dumps([[name, case.texts] for name, case in cases.items()])
    answers = json.loads(run(["node", str(READING)], tmp_path, 60, given))
    accepted = refused = 0
    for (name, case), answered in zip(cases.items(), answers, strict=True):
        fits = validator(case.schema).is_valid
        for text, answer in zip(case.texts, answered, strict=True):
            value = json.loads(text)
            said = f"{json.dumps(case.schema)} of {text}: {answer}"
            if "read" in answer:
                assert fits(value) or name in noted, said
                assert json.loads(answer["read"]) == value, said
            else:
                assert "refused" in answer, said
                assert not fits(value), said
            accepted += "read" in answer
            refused += "refused" in answer
    assert min(accepted, refused) > len(cases), "the documents are not mixed"
