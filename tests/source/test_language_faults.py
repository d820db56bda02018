"""YAML that the language does not have, and keys that are wrong; the place is marked by « and »."""

from itertools import pairwise

import pytest

from penstock.source.yaml import Source, parse
from tests.source.marks import BOTH, check, marked

EMPTY = ("SRC005", "'t.yaml' is empty", "start with `penstock: 1`")
TAG_HELP = "quote the value if the exclamation mark belongs to it; otherwise leave the tag out"
WRITE_OUT = "write out what is meant"


@BOTH
@pytest.mark.parametrize("text", ["«»", "«»\n\n", "«»# only a comment\n", "«»---\n", "«»~\n", "«»\ufeff"])
def test_an_empty_file(text: str, *, pure: bool) -> None:
    assert check(text, EMPTY, pure=pure) is None


@BOTH
@pytest.mark.parametrize(
    ("text", "code", "message", "help_"),
    [
        ("a: «*x»\n", "SRC006", "there is no anchor for alias *x", 'write "*x" if the asterisk belongs to the value'),
        (
            "a: «*x» y\n",
            "SRC006",
            "there is no anchor for alias *x",
            'write "*x y" if the asterisk belongs to the value',
        ),
        ("a: &x 1\nb: «&x» 2\n", "SRC006", "anchor &x is defined twice", "give one of them another name"),
        ("a: &x [1, «*x»]\n", "SRC006", "alias *x contains itself", WRITE_OUT),
        ("a: &x b\n«*x» : c\n", "SRC006", "alias *x is used as a key", "write the key itself"),
        ("a: «!Ref» b\n", "SRC008", "YAML tag '!Ref' is not part of the language", TAG_HELP),
        ("a: &x «!!str» 5\n", "SRC008", "YAML tag '!!str' is not part of the language", TAG_HELP),
        ("a: «!»\n", "SRC008", "YAML tag '!' is not part of the language", TAG_HELP),
        (
            "a: 1\n«---»\nb: 2\n",
            "SRC009",
            "a second document starts here",
            "a file holds one document: delete the line `---`, or put the rest into a file of its own",
        ),
        (
            "a: 1\n...\n«b: 2»\n",
            "SRC009",
            "there is text after the end of the document",
            "a file holds one document: delete the line `...` above",
        ),
        ("a: " + "[" * 99 + "«[»" + "]" * 100 + "\n", "SRC010", "this is nested deeper than 100 levels", None),
        ("- " * 100 + "«-» x\n", "SRC010", "this is nested deeper than 100 levels", None),
        (
            "a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 50 + "«*x»" + "]" * 50 + "\n",
            "SRC010",
            "with alias *x written out, the nesting is deeper than 100 levels",
            None,
        ),
    ],
)
def test_yaml_that_the_language_does_not_have(
    text: str, code: str, message: str, help_: str | None, *, pure: bool
) -> None:
    assert check(text, (code, message, help_), pure=pure) is None


@BOTH
def test_all_tags_are_named_at_once(*, pure: bool) -> None:
    text = "a: «!Sub» 'x'\nb:\n  - «!GetAtt» c\n  - {d: «!e» {f: g}}\n"
    messages = [f"YAML tag '{tag}' is not part of the language" for tag in ("!Sub", "!GetAtt", "!e")]
    check(text, *[("SRC008", message, TAG_HELP) for message in messages], pure=pure)


@BOTH
def test_exclamation_marks_in_texts_are_no_tags(*, pure: bool) -> None:
    assert check("a: stop !now  # not !this\nb: '!x'\n", pure=pure) is not None


@BOTH
def test_aliases_that_blow_up(*, pure: bool) -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    text = "a: &a [" + ", ".join("x" * 10) + "]\n"
    for inner, outer in pairwise(names):
        text += f"{outer}: &{outer} [{', '.join([f'*{inner}'] * 10)}]\n"
    text = text.replace("*d, " * 8, "*d, " * 7 + "«*d», ")
    message = "with alias *d, the aliases of this file stand for more than 100,000 values"
    help_ = "write out what is meant, or put what repeats under `defaults:`"
    assert check(text, ("SRC006", message, help_), pure=pure) is None


@BOTH
@pytest.mark.parametrize(
    ("text", "code", "message", "help_", "data"),
    [
        ("a: 1\nb: 2\n«5»: x\n", "SRC007", "key 5 is a number, not text", 'write "5" in quotes', {"a": 1, "b": 2}),
        ("{«true»: x, a: 1}\n", "SRC007", "key true is a boolean, not text", 'write "true" in quotes', {"a": 1}),
        ("«~»: x\n", "SRC007", "key ~ is null, not text", 'write "~" in quotes', {}),
        ("?«»\n: x\n", "SRC007", "the key in front of ':' is missing", None, {}),
        (
            "a: {«{ b }»}\n",
            "SRC007",
            "a mapping is used as a key",
            "quote the key if the brackets belong to it",
            {"a": {}},
        ),
        ("? «- a\n»: b\n", "SRC007", "a list is used as a key", None, {}),
        (
            "a: &x {b: 1}\nc:\n  «<<»: *x\n  d: 2\n",
            "SRC008",
            "merge key `<<` is not part of the language",
            "put what several components share under `defaults:`, or write it out",
            {"a": {"b": 1}, "c": {"d": 2}},
        ),
        (
            "a: {b: 1}\n«a»: {c: 2}\n",
            "SRC004",
            "key 'a' is given twice in the same mapping",
            "keep one of them; if both are meant, give one another name",
            {"a": {"b": 1}},
        ),
    ],
)
def test_a_wrong_key_leaves_the_rest(  # noqa: PLR0913 - one column of the table each
    text: str, code: str, message: str, help_: str | None, data: object, *, pure: bool
) -> None:
    document = check(text, (code, message, help_), pure=pure)
    assert document is not None
    assert document.data == data


@BOTH
def test_a_quoted_merge_key_is_a_key_like_any_other(*, pure: bool) -> None:
    document = check('"<<": a\nb: <<\n', pure=pure)
    assert document is not None
    assert document.data == {"<<": "a", "b": "<<"}


@BOTH
def test_all_wrong_keys_are_named_in_the_order_of_the_text(*, pure: bool) -> None:
    twice = "keep one of them; if both are meant, give one another name"
    text = "a: {x: 1, «x»: 2}\n«1»: y\n«a»: {z: [{«2»: 3}]}\n«a»: 4\n"
    document = check(
        text,
        ("SRC004", "key 'x' is given twice in the same mapping", twice),
        ("SRC007", "key 1 is a number, not text", 'write "1" in quotes'),
        ("SRC004", "key 'a' is given twice in the same mapping", twice),
        ("SRC007", "key 2 is a number, not text", 'write "2" in quotes'),
        ("SRC004", "key 'a' is given twice in the same mapping", twice),
        pure=pure,
    )
    assert document is not None
    assert document.data == {"a": {"x": 1}}


@BOTH
@pytest.mark.parametrize(
    ("text", "related"),
    [
        ("«a»: 1\nb: 2\na: 3\n", "first given here"),
        ("x: «&a» 1\ny: &a 2\n", "first defined here"),
        ("x: «[»1}\n", "this '[' is open"),
        ("x: [1\n«y: z»\n", "so this is read as part of it"),
        ("x: 'a\ny: «'»b'\n", "it is closed here"),
        ("«x: a»\n  y: b\n", "this is the value"),
        ("«x: a # b»\n  c\n", "the value ends at this comment"),
        ("«x: |»\n  a\n b\n", "the text starts here"),
        ("x: a\n  «b»\n   c: d\n", "the value continues from here"),
    ],
)
def test_a_fault_names_the_place_that_it_has_to_do_with(text: str, related: str, *, pure: bool) -> None:
    clean, places = marked(text)
    _, [fault] = parse(Source("t.yaml", clean), pure=pure)
    assert [((span.start, span.end), message) for span, message in fault.related] == [(places[0], related)]
