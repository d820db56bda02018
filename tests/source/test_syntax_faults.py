"""Texts that are no YAML: what is said, and where; the place is marked by « and »."""

import pytest

from penstock.source import nodes, yaml_faults
from penstock.source.yaml import Source, parse
from tests.source.marks import BOTH, check, marked

SYNTAX = [
    # indentation and tabs
    ("q:\n«\t»intake: {}\n", "a tab is used for indentation", "indent with spaces; YAML allows no tabs here"),
    ("a:\n  b: 1\n«\t\t»c: 2\n", "a tab is used for indentation", "indent with spaces; YAML allows no tabs here"),
    ("a: |\n«\t»x\n", "a tab is used for indentation", "indent with spaces; YAML allows no tabs here"),
    (
        "a:\n  b: 1\n «c: 2»\n",
        "'c' is indented by 1 space, which matches nothing above it",
        "indent it by 0 spaces, like 'a', or by 2 spaces, like 'b'",
    ),
    (
        "a:\n  - b: 1\n   «c: 2»\n",
        "'c' is indented by 3 spaces, which matches nothing above it",
        "indent it by 2 spaces, like 'b', or by 4 spaces, like 'b'",
    ),
    (
        "a: x\n  «b»: c\n",
        "'b' is indented deeper than 'a' above it, which has a value already",
        "indent both alike, by 0 spaces",
    ),
    (
        "a: |\n  x\n «y»\n",
        "this line is indented less than the text that it should belong to",
        "indent all lines of the text alike",
    ),
    ("a: b #c\n «d»\n", "a value cannot continue after a comment", "move the comment"),
    (
        "a: x\n «- b: c»\n".replace("«- b: c»", "- «b»: c"),
        "'b' is indented deeper than 'a' above it, which has a value already",
        "indent both alike, by 0 spaces",
    ),
    (
        "a: 1\n«- b»\n",
        "a list item is where a key is expected",
        "a list stands under a key of its own; or delete the '-'",
    ),
    ("- a\n«b: c»\n", "'b: c' is where a list item is expected", "start it with '- ', or correct its indentation"),
    ("a: «- b»\n", "a list item cannot stand on the line of its key", "write [b], or start a new line with '- '"),
    ("a: «-»\n", "a list item cannot stand on the line of its key", 'write "-", or []'),
    # colons
    ("a«:»1\nc: d\n", "a space is missing after the colon", "write `a: 1`"),
    ("a: 1\nc«:»2\nd: 3\n", "a space is missing after the colon", "write `c: 2`"),
    (
        "a: «b: c»  # d\n",
        "an unquoted value cannot contain ': '",
        'write "b: c" if it is one value; if it is a mapping, write {b: c}',
    ),
    (
        "- a: «x: {y}»\n",
        "an unquoted value cannot contain ': '",
        'write "x: {y}" if it is one value; if it is a mapping, start it on a line of its own',
    ),
    (
        'a: «"b": c»\n',
        "a mapping cannot start on the line of its key",
        "if it is a mapping, start it on a line of its own",
    ),
    (
        "penstock: 1\n«name»\nowner: x\n",
        "a colon is missing after 'name'",
        "write `name: ...` if it is a key; if it continues the text above, indent it deeper",
    ),
    (
        "a:\n  «b»\n  c: 1\n",
        "a colon is missing after 'b'",
        "write `b: ...` if it is a key; if it continues the text above, indent it deeper",
    ),
    ("«:» a: b\n", "the key in front of ':' is missing", None),
    ("«" + "x" * 1025 + "»: 1\n", "a key of more than 1,024 characters is too long", None),
    (
        "a: x\n  y\n   «c»: d\n",
        "'c' reads as part of the value above, which cannot contain ': '",
        "correct the indentation of one of the two lines, or quote the value if it is one text",
    ),
    # quotes
    (
        'a: «"»x\nb: 2\n',
        "the quote that opens here is never closed",
        'add the closing " where the value ends; write \\" for a quote inside "..."',
    ),
    (
        "a: «'»x\n---\nb\n",
        "the quote that opens here is never closed",
        "add the closing ' where the value ends; write '' for an apostrophe inside '...'",
    ),
    (
        "a: «'»x\nb: 'y'\n",
        "the quote that opens here is closed only on line 2",
        "add the closing ' where the value ends; write '' for an apostrophe inside '...'",
    ),
    ("a: 'it'«s'»\n", "'s'' follows the closing quote", 'write "it\'s" if it is one value'),
    ('a: "x" «y»\n', "'y' follows the closing quote", "write '\"x\" y' if it is one value"),
    ("{a: 'b'«c»}\n", "'c' follows the closing quote", "write \"'b'c\" if it is one value"),
    (
        'a: "«\\d»"\n',
        "'\\d' stands for nothing in double quotes",
        "write \\\\ for a backslash, or use single quotes, in which a backslash is nothing special",
    ),
    (
        'a: "«\\u12»x"\n',
        "'\\u' stands for a character only with 4 hexadecimal digits after it",
        "write \\\\ for a backslash, or use single quotes, in which a backslash is nothing special",
    ),
    ('a: "x «\\ud800»"\n', "'\\ud800' stands for no character", "write the character itself"),
    ('a: "\\\\ud800 «\\U00110000»"\n', "'\\U00110000' stands for no character", "write the character itself"),
    # values that must be quoted
    ("a: «@x»\n", "an unquoted value cannot start with '@'", 'write "@x"'),
    ("a: «`x y`» # c\n", "an unquoted value cannot start with '`'", 'write "`x y`"'),
    ("a: {b: «%x», c: d}\n", "an unquoted value cannot start with '%'", 'write "%x"'),
    ("a: «* * * *»\n", "an unquoted value cannot start with '*'", 'write "* * * *"'),
    ("a: «&»\n", "an unquoted value cannot start with '&'", 'write "&"'),
    ("a: «? b»\n", "an unquoted value cannot start with '?'", 'write "? b"'),
    ("a: «]»\n", "an unquoted value cannot start with ']'", 'write "]"'),
    (
        "a: «>= 5»\n",
        "an unquoted value cannot start with '>'",
        "write \">= 5\"; or, if '>' should start a text of several lines, start it on the next line",
    ),
    # brackets
    (
        "n: {every: «cron(0 3, * * ? *)», timezone: x}\n",
        "inside brackets, a comma ends an unquoted value",
        'write "cron(0 3, * * ? *)"',
    ),
    (
        "{route: «GET /x/{id}», a: b}\n",
        "inside brackets an unquoted value cannot contain '{'",
        'write "GET /x/{id}" if it is one value',
    ),
    ("{a: «b: c»}\n", "inside brackets an unquoted value cannot contain ': '", 'write "b: c" if it is one value'),
    (
        "{a: «b c: d»}\n",
        "inside brackets an unquoted value cannot contain ': '",
        'write "b c: d" if it is one value; if it is two, write a comma between them',
    ),
    ("a: «[»1, 2\nb: 3\n", "the '[' that opens here is never closed", "add the missing ']'"),
    ("a:\n  b: «{»c: 1\n  d: 2\n", "the '{' that opens here is never closed", "add the missing '}'"),
    ("a: «{»b: 1,\n", "the '{' that opens here is never closed", "add the missing '}'"),
    ("a: «[»\n---\n", "the '[' that opens here is never closed", "add the missing ']'"),
    ("a: «[»1,\n- b\n", "the '[' that opens here is never closed", "add the missing ']'"),
    ("a: {b: [1, 2«}»\n", "'}' cannot close the '[' that is open here", "write ']' in front of it, or instead of it"),
    ("a: [«}»\n", "'}' cannot close the '[' that is open here", "write ']' in front of it, or instead of it"),
    ("a: {b: c}«}»\n", "'}' closes nothing", "delete it, or open the bracket"),
    ("a: b\n«]»\n", "']' closes nothing", "delete it, or open the bracket"),
    ('a: "b"\n«,»\n', "a comma is outside any brackets", "delete it; lines need no commas"),
    ("a: {b: c} «d»\n", "'d' follows the closing '}'", "delete it"),
    ('{a: "b" «c: d»}\n', "a comma is missing in front of 'c: d'", "write `, c: d`"),
    ("a: {\n  b: «c»\n  d: e}\n", "a comma is missing at the end of this line", "add the comma"),
    ("a: [\n  'b«'»\n  'c']\n", "a comma is missing at the end of this line", "add the comma"),
    ("[1,«,» 2]\n", "a value is missing in front of the comma", "write the value, or delete the comma"),
    (
        "{a«:»[1]}\n",
        "a space is missing after the colon",
        "write `: ` if this is a key, or quote the value",
    ),
    (
        "a: [«- b»]\n",
        "a list item with a hyphen cannot stand inside brackets",
        "inside brackets, commas separate the items; quote the value if the hyphen belongs to it",
    ),
    ("{«:» x}\n", "the key in front of ':' is missing", None),
    ("{a: «?»}\n", "an unquoted value cannot start with '?'", 'write "?"'),
    (
        "a: «>0»\n",
        "an unquoted value cannot start with '>'",
        "write \">0\"; or, if '>' should start a text of several lines, start it on the next line",
    ),
    ("a: 1\nb: &x\n  «]»\n", "']' closes nothing", "delete it, or open the bracket"),
    # whole files
    (
        "a: 1\n«<<<<<<<» HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
        "a merge conflict is not resolved here",
        "keep what is right, and delete the lines with `<<<<<<<`, `=======` and `>>>>>>>`",
    ),
    (
        "«%YAML 1.2»\n---\na: b\n",
        "a line that starts with '%' is a YAML directive",
        "delete the line; nothing needs it",
    ),
    (
        "a: «\x07»\n",
        "character U+0007 is not allowed in YAML",
        'delete it, or write it as an escape in double quotes: "\\U00000007"',
    ),
    (
        "a: b «\ufeff»\n",
        "character U+FEFF is not allowed in YAML",
        'delete it, or write it as an escape in double quotes: "\\U0000FEFF"',
    ),
    ("a: &x «&y b»\n", "'&y b' cannot stand here", "look at the lines above: is one unfinished?"),
]


@BOTH
@pytest.mark.parametrize(("text", "message", "help_"), SYNTAX)
def test_a_text_that_is_no_yaml_is_explained(text: str, message: str, help_: str | None, *, pure: bool) -> None:
    assert check(text, ("SRC003", message, help_), pure=pure) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b«: c»", "': c' cannot stand here"),
        ("{a: {b: c} «d»}", "'d' cannot stand here, between '{' and '}'"),
        ("«[»a, b", "the '[' that opens here is never closed"),
        ("a: 'b«»", "the text ends, or the line does, in the middle of something"),
    ],
)
def test_a_complaint_that_nobody_knows_has_its_place(text: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_faults, "_EXPLANATIONS", {})
    clean, places = marked(text)
    _, [fault] = parse(Source("t.yaml", clean))
    assert (fault.code, fault.message, [(fault.span.start, fault.span.end)]) == ("SRC003", message, places)


@BOTH
def test_an_explanation_is_no_different_in_a_long_file(*, pure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "SHORT", 100)
    before = "name: x\nqueues:\n" + "".join(f"  q{number}:\n    from: a\n" for number in range(20))
    for text, message, help_ in (
        ("  q:\n    from: «[»a, b\ntopics: {}\n", "the '[' that opens here is never closed", "add the missing ']'"),
        ("  q:\n    from: «@x»\n", "an unquoted value cannot start with '@'", 'write "@x"'),
        (
            "  q:\n    from: a\n   «to: b»\n",
            "'to' is indented by 3 spaces, which matches nothing above it",
            "indent it by 2 spaces, like 'q', or by 4 spaces, like 'from'",
        ),
    ):
        assert check(before + text, ("SRC003", message, help_), pure=pure) is None
