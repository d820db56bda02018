"""What holds for any text, and for any topology that passes the linter."""

from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from penstock.pipeline import check, compile_topology
from tests.strategies import Generated, topologies
from tests.topologies import EXAMPLES

ORDERS = (EXAMPLES / "orders" / "topology.yaml").read_text(encoding="utf-8")
WORDS = st.sampled_from(
    [
        "penstock: 1\n",
        "name: a\n",
        "queues:",
        "  a: ",
        "{from: ",
        "[",
        "]",
        "}",
        "dlq",
        "none",
        "&a ",
        "*a",
        "\t",
        "\n",
        "- ",
        "|\n",
    ]
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("text") / "topology.yaml"


def says_why(path: Path, content: bytes) -> None:
    """Either a topology, or diagnostics that say why it is none; never an exception."""
    path.write_bytes(content)
    checked = check(path)
    assert checked.topology is not None or checked.broken
    for diagnostic in checked.diagnostics:
        assert diagnostic.span.begin <= diagnostic.span.finish


@given(st.text() | st.lists(WORDS).map("".join))
def test_any_text(path: Path, text: str) -> None:
    says_why(path, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=50)
@given(st.binary())
def test_any_bytes(path: Path, content: bytes) -> None:
    says_why(path, content)


@given(st.integers(0, len(ORDERS)), st.integers(0, 12), st.text(max_size=3) | WORDS)
def test_a_topology_with_a_slip_of_the_pen(path: Path, at: int, length: int, text: str) -> None:
    says_why(path, (ORDERS[:at] + text + ORDERS[at + length :]).encode("utf-8", "surrogatepass"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["a", "5m", "A", "queues", "1KiB", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "from", "dlq", "type", "queues", "source"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["queues", "topics", "defaults", "consumers", "producers", "alarms", "keys", "stores", "messages"]
        ),
        VALUES,
    )
)
def test_any_data(path: Path, data: dict[str, object]) -> None:
    says_why(path, yaml.safe_dump({"penstock": 1, "name": "a", **data}).encode())


@settings(max_examples=25)
@given(topologies(sound=True))
def test_what_has_no_errors_compiles(path: Path, generated: Generated) -> None:
    path.write_text(generated.text, encoding="utf-8")
    checked = check(path)
    assert checked.topology is not None, checked.diagnostics
    assume(not checked.broken)
    compiled = compile_topology(path, checked.topology)
    assert "template.yaml" in compiled.files
    for name, text in compiled.files.items():
        if name.endswith(".py"):
            compile(text, name, "exec")
