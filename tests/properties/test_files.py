"""A topology is the same however it is spread over files."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.emit.cloudformation import template
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.schema import check
from penstock.source.joined import Joined
from penstock.source.schema_file import SchemaFiles
from penstock.source.yaml import Source, parse
from tests.strategies import Data, topologies, written
from tests.topologies import topology_of

_WHOLE = {"penstock", "name", "owner", "description"}


def _spread(data: Data, draw: st.DataObject) -> list[Data]:
    """The parts of a topology in up to four files, those of a section too, in any order."""
    files: list[Data] = [{} for _ in range(draw.draw(st.integers(1, 4)))]
    which = st.sampled_from(files)
    for key, value in draw.draw(st.permutations(list(data.items()))):
        if key in _WHOLE or not isinstance(value, dict):
            draw.draw(which)[key] = value
            continue
        for name, inner in draw.draw(st.permutations(list(value.items()))):
            draw.draw(which).setdefault(key, {})[name] = inner
    return [file for file in draw.draw(st.permutations(files)) if file]


@given(topologies(sound=True), st.data())
@settings(deadline=None, max_examples=40)
def test_files_in_any_order_compile_to_the_same(generated: object, draw: st.DataObject) -> None:
    data: Data = generated.data  # type: ignore[attr-defined]
    documents = []
    for number, file in enumerate(_spread(data, draw)):
        document, faults = parse(Source(f"{number}.yaml", written(file).text))
        assert document is not None, faults
        documents.append(document)
    joined = Joined(documents)
    assert joined.faults == []
    assert check(joined) == []
    built = build(joined, SchemaFiles(Path()))
    assert built.topology is not None, built.faults
    assert template(lower(built.topology)) == template(lower(topology_of(written(data).text)))
