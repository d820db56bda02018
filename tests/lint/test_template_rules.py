"""Every rule of topologies either holds for templates, with help in CloudFormation's words, or is left out for a reason."""

from penstock.lint.rules import RULES
from penstock.lint.template_rules import LEFT_OUT, TOLD

HOMES = [rule.check.__module__.split(".", 3)[3] for rule in RULES if rule.family != "template"]


def test_each_rule_is_told_or_left_out() -> None:
    unsettled = [home for home in HOMES if (home in TOLD) == (home in LEFT_OUT or home.partition(".")[0] in LEFT_OUT)]
    assert unsettled == []


def test_the_lists_name_nothing_else() -> None:
    families = {home.partition(".")[0] for home in HOMES}
    assert [name for name in (*TOLD, *LEFT_OUT) if name not in HOMES and name not in families] == []


def test_help_speaks_of_cloudformation_and_reasons_are_given() -> None:
    ours = ("`dlq", "`from`", "`retention", "max_receives", "visibility_timeout", "on_failure", "`retries")
    assert [home for home, text in TOLD.items() if any(word in text for word in ours)] == []
    assert [home for home, text in LEFT_OUT.items() if not text] == []
