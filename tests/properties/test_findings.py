"""What holds for the findings of any topology."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from penstock.diagnostics import Diagnostic
from penstock.lint.settings import Settings
from penstock.pipeline import check
from penstock.source.yaml import Route, Source, parse
from tests.properties.test_templates import shuffled
from tests.strategies import Generated, topologies, written
from tests.topologies import EXAMPLES, NAMES

STRICT = Settings(profile="strict")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("findings") / "topology.yaml"


def findings(path: Path, text: str) -> list[Diagnostic]:
    path.write_text(text, encoding="utf-8")
    checked = check(path, settings=STRICT)
    assert checked.topology is not None, checked.diagnostics
    return checked.diagnostics


def places(diagnostics: list[Diagnostic]) -> Counter[tuple[str, str]]:
    """The codes of findings, each with the component, or the part of the whole, that it is about."""
    if not diagnostics:
        return Counter()
    document, faults = parse(Source("topology.yaml", diagnostics[0].span.source.text))
    assert document is not None, faults
    parts: list[Route] = [(key,) for key in document.data]
    parts += [(key, name) for key, section in document.data.items() if isinstance(section, dict) for name in section]
    spans = [(document.key(part), document.value(part).end, part) for part in parts]
    return Counter(
        (one.code, max(str(part) for key, end, part in spans if key and key.start <= one.span.start < end))
        for one in diagnostics
    )


@settings(max_examples=25)
@given(topologies(), st.randoms(use_true_random=False))
def test_the_order_of_the_text_changes_no_finding(path: Path, generated: Generated, chance: random.Random) -> None:
    other = written(shuffled(generated.data, chance)).text
    assert places(findings(path, other)) == places(findings(path, generated.text))


@settings(max_examples=25)
@given(topologies(), st.data())
def test_accepting_a_finding_changes_no_other(path: Path, generated: Generated, draw: st.DataObject) -> None:
    told = findings(path, generated.text)
    assume(told)
    accepted = draw.draw(st.sampled_from(told))
    lines = generated.text.splitlines(keepends=True)
    number = accepted.span.begin.line - 1
    indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
    lines.insert(number, f"{indent}# penstock: ignore[{accepted.code}] because it was looked at\n")
    after = Counter((one.code, one.message) for one in findings(path, "".join(lines)))
    before = Counter((one.code, one.message) for one in told)
    gone = before - after
    assert after - before == Counter()
    assert {code for code, _ in gone} == {accepted.code}


@pytest.mark.parametrize("name", NAMES)
def test_examples_have_no_findings(name: str) -> None:
    assert check(EXAMPLES / name / "topology.yaml", settings=STRICT).diagnostics == []
