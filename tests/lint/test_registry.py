"""The registry of rules is what the folders hold."""

import re
from pathlib import Path

import penstock.lint.rules
from penstock.diagnostics import Severity
from penstock.lint.rules import RULES

FOLDER = Path(penstock.lint.rules.__file__).parent


def test_registry_holds_every_rule_of_the_folders() -> None:
    files = {f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.py") if path.stem != "__init__"}
    assert {f"{rule.family}/{rule.name.replace('-', '_')}" for rule in RULES} == files
    assert len(RULES) == len(files)


def test_rules_stand_in_their_own_files() -> None:
    assert [rule for rule in RULES if rule.check.__module__.split(".")[-1] != rule.check.__name__] == []


def test_codes_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))


def test_codes_and_names_have_their_form() -> None:
    assert [rule.code for rule in RULES if not re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)] == []
    assert [rule.name for rule in RULES if not re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)] == []


def test_family_and_letters_of_the_code_belong_together() -> None:
    families = {(rule.family, rule.code[:3]) for rule in RULES}
    assert len({family for family, _ in families}) == len({letters for _, letters in families}) == len(families)


def test_only_what_does_no_harm_or_may_well_be_meant_is_an_info() -> None:
    infos = [
        "CFN027",
        "CON010",
        "CST004",
        "CST005",
        "CST006",
        "DLQ023",
        "GRF016",
        "GRF020",
        "GRF021",
        "IDM007",
        "IDM008",
        "KIN016",
        "KIN017",
        "LAM015",
        "OBS022",
        "OBS024",
        "OBS025",
        "RTY023",
        "SAG031",
        "SCD006",
        "VIS018",
    ]
    assert [rule.code for rule in RULES if rule.severity is Severity.INFO] == infos


def test_the_infos_are_those_that_are_left_out_where_nobody_asked_for_them() -> None:
    infos = {rule.check.__module__.split(".", 3)[3]: rule.code for rule in RULES if rule.severity is Severity.INFO}
    registered = penstock.lint.rules._ADVICE  # noqa: SLF001 - what the registry says without importing them
    assert {home: code for home, (code, _) in registered.items()} == infos


def test_a_title_is_one_sentence() -> None:
    assert [rule.title for rule in RULES if not re.fullmatch(r"[A-Z].*[a-z]\.", rule.title)] == []
