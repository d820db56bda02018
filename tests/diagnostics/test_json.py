import json

from hypothesis import given
from hypothesis import strategies as st

from penstock.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from penstock.diagnostics.json import render_json
from penstock.source.text import Source, Span

SOURCE = Source("topology.yaml", "キュー: {a: b}\nc: d\n")


def test_nothing_to_say() -> None:
    assert render_json([]) == '{\n  "version": 1,\n  "diagnostics": []\n}\n'


def test_a_whole_diagnostic() -> None:
    diagnostic = Diagnostic(
        "DLQ001",
        Severity.WARNING,
        "queue 'キュー' says \"x\"",
        Span(SOURCE, 0, 3),
        help="write y",
        related=(Label(Span(SOURCE, 12, 13), "here"),),
        fix=Fix("put y", (Edit(Span(SOURCE, 9, 13), "y"),), safe=False),
        rule="queue-without-dead-letters",
    )
    rendered = render_json([diagnostic])
    assert "キュー" in rendered
    assert rendered.endswith("}\n")
    assert json.loads(rendered) == {
        "version": 1,
        "diagnostics": [
            {
                "code": "DLQ001",
                "rule": "queue-without-dead-letters",
                "severity": "warning",
                "message": "queue 'キュー' says \"x\"",
                "help": "write y",
                "file": "topology.yaml",
                "begin": {"line": 1, "column": 1},
                "end": {"line": 1, "column": 4},
                "related": [
                    {
                        "file": "topology.yaml",
                        "begin": {"line": 2, "column": 1},
                        "end": {"line": 2, "column": 2},
                        "message": "here",
                    }
                ],
                "fix": {
                    "title": "put y",
                    "safe": False,
                    "edits": [
                        {
                            "file": "topology.yaml",
                            "begin": {"line": 1, "column": 10},
                            "end": {"line": 2, "column": 2},
                            "replacement": "y",
                        }
                    ],
                },
            }
        ],
    }


def test_what_is_not_known_is_null() -> None:
    rendered = render_json([Diagnostic("X1", Severity.ERROR, "m", Span(Source("x", ""), 0, 0))])
    assert json.loads(rendered)["diagnostics"] == [
        {
            "code": "X1",
            "rule": None,
            "severity": "error",
            "message": "m",
            "help": None,
            "file": "x",
            "begin": {"line": 1, "column": 1},
            "end": {"line": 1, "column": 1},
            "related": [],
            "fix": None,
        }
    ]


@given(st.text(st.characters(codec=None)), st.text())
def test_whatever_is_said_is_utf_8(path: str, message: str) -> None:
    rendered = render_json([Diagnostic("X1", Severity.INFO, message, Span(Source(path, ""), 0, 0))])
    [told] = json.loads(rendered.encode())["diagnostics"]
    assert told["message"] == message
