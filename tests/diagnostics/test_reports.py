"""The forms that CI services read."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from penstock.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from penstock.diagnostics.reports import render_github, render_gitlab, render_junit
from penstock.diagnostics.sarif import RuleText, described, render_sarif
from penstock.source.text import Source, Span

SOURCE = Source("shop/topology ü.yaml", "キュー: {a: b}\nc: d\n")
WHOLE = Diagnostic(
    "DLQ001",
    Severity.WARNING,
    "queue 'キュー' says \"x\", 100 %\nand <more>",
    Span(SOURCE, 0, 3),
    help="write y",
    related=(Label(Span(SOURCE, 12, 13), "here"),),
    fix=Fix("put y", (Edit(Span(SOURCE, 9, 13), "y"),), safe=False),
    rule="queue-without-dead-letters",
)
FAULT = Diagnostic("SRC005", Severity.ERROR, "it is empty", Span(SOURCE, 0, 0))
RULES = {"DLQ001": RuleText("queue-without-dead-letters", "No end.", "## Why\n", Severity.ERROR)}

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": {"type": "integer", "minimum": 1},
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9%._~/:-]+$"}},
}
PLACE = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {"artifactLocation": ARTIFACT, "region": REGION},
            "additionalProperties": False,
        },
        "message": TEXT,
        "id": {"type": "integer", "minimum": 0},
    },
    "additionalProperties": False,
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
FIX = {
    "type": "object",
    "required": ["artifactChanges"],
    "properties": {
        "description": TEXT,
        "artifactChanges": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["artifactLocation", "replacements"],
                "properties": {
                    "artifactLocation": ARTIFACT,
                    "replacements": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["deletedRegion"],
                            "properties": {"deletedRegion": REGION, "insertedContent": {"type": "object"}},
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "locations"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": PLACE, "minItems": 1},
        "relatedLocations": {"type": "array", "items": PLACE},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "fixes": {"type": "array", "items": FIX},
    },
    "additionalProperties": False,
}
RULE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": TEXT,
        "help": {"allOf": [TEXT], "required": ["markdown"]},
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
    },
    "additionalProperties": False,
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"rules": {"type": "array", "items": RULE}},
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
                "additionalProperties": False,
            },
        },
    },
}
"""What SARIF 2.1.0 says of the parts that are written here (sections 3.13 to 3.58), stricter than the standard."""


def sarif(*diagnostics: Diagnostic) -> Any:  # noqa: ANN401 - a JSON document
    document = json.loads(render_sarif(diagnostics, described(RULES.items()), "1.2.3"))
    Draft202012Validator(SARIF).validate(document)
    return document["runs"][0]


def test_sarif() -> None:
    run = sarif(WHOLE, FAULT)
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("DLQ001", 0, "warning")
    assert first["message"]["text"].endswith("and <more>\nwrite y")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "shop/topology%20%C3%BC.yaml"}
    assert place["region"] == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 4}
    change = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change["deletedRegion"] == {"startLine": 1, "startColumn": 10, "endLine": 2, "endColumn": 2}
    assert (second["ruleId"], second["level"], "ruleIndex" in second) == ("SRC005", "error", False)


def test_a_finding_is_known_again_elsewhere_in_its_file() -> None:
    moved = WHOLE._replace(span=Span(SOURCE, 12, 13))
    first, second = sarif(WHOLE, moved)["results"]
    assert first["partialFingerprints"] == second["partialFingerprints"]


def test_github() -> None:
    assert render_github([WHOLE, FAULT]) == (
        "::warning file=shop/topology ü.yaml,line=1,endLine=1,title=DLQ001 queue-without-dead-letters,col=1,endColumn=4"
        "::queue 'キュー' says \"x\", 100 %25%0Aand <more>%0Ahelp: write y\n"
        "::error file=shop/topology ü.yaml,line=1,endLine=1,title=SRC005,col=1,endColumn=1::it is empty\n"
    )


def test_gitlab() -> None:
    first, second = json.loads(render_gitlab([WHOLE, FAULT]))
    assert (first["check_name"], first["severity"], second["severity"]) == ("DLQ001", "minor", "critical")
    assert first["location"] == {"path": "shop/topology ü.yaml", "lines": {"begin": 1, "end": 1}}
    assert first["fingerprint"] != second["fingerprint"]


def test_junit() -> None:
    text = render_junit([("shop/topology.yaml", [WHOLE, FAULT]), ("clean.yaml", [])])
    suites = ET.fromstring(text.encode())  # noqa: S314 - of our own making
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("shop/topology.yaml", "2", "2"),
        ("clean.yaml", "1", "0"),
    ]
    failure = suites[0][0][0]
    assert failure.get("message", "").startswith("queue 'キュー' says \"x\"")
    assert "help: write y" in (failure.text or "")


@given(st.text(), st.text())
def test_any_text_makes_a_document(message: str, name: str) -> None:
    diagnostic = WHOLE._replace(message=message or "x", span=Span(Source(name, "a"), 0, 1), related=(), fix=None)
    json.loads(render_sarif([diagnostic], {}, "1"))
    json.loads(render_gitlab([diagnostic]))
    ET.fromstring(render_junit([(name, [diagnostic])]).encode())  # noqa: S314 - of our own making
    assert render_github([diagnostic]).count("\n") == 1
