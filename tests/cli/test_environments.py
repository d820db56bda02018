"""`--env`, overlays, `only_in`, variables and parameters: what is told where, and what is compiled."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, save
from tests.emit.cfn_lint import cfn_lint
from tests.templates import read

TWO = (
    CLEAN
    + """\
environments:
  dev: {queues: {intake: {visibility_timeout: 5s}}}
  prod: {account: "111122223333", region: eu-central-1}
"""
)
TEXTS = (
    CLEAN.replace("alarms:", "tags: {stage: '${topology}-${env}'}\nalarms:")
    .replace('"arn:aws:sns:eu-central-1:111122223333:alerts"', '"${param.Alerts}"')
    .replace('"111122223333", pub', '"arn:aws:iam::${account}:role/shop", pub')
    .replace(
        "    timeout: 10s\n", "    timeout: 10s\n    environment: {LEVEL: '${param.Level}', AT: 'in ${region} $${x}'}\n"
    )
    + """\
environments:
  dev:
  prod: {account: "222233334444", region: eu-central-1}
parameters:
  Alerts: {description: Who is told}
  Level: {default: info, allowed: [info, debug]}
"""
)

TIMEOUT = "consumer 'worker': 'timeout' is needed when the topology is compiled"


def template(penstock: Penstock, *arguments: str) -> dict[str, object]:
    ran = penstock("compile", ".", "-o", "out", *arguments)
    assert ran.code == 0, ran.out + ran.err
    found: dict[str, object] = read(Path("out/template.yaml").read_text(encoding="utf-8"))
    return found


def told(penstock: Penstock, *arguments: str) -> list[tuple[str, str, int, str | None]]:
    """Code, message, line and help of what is found."""
    ran = penstock("lint", "--format", "json", *arguments)
    return [
        (one["code"], one["message"], one["begin"]["line"], one["help"]) for one in json.loads(ran.out)["diagnostics"]
    ]


def test_a_finding_of_one_environment_names_it_and_stands_in_its_overlay(penstock: Penstock) -> None:
    save(TWO)
    assert penstock("lint") == (
        1,
        """\
error[VIS001] queue 'intake' hides a message for 5 s, but function 'worker' may work on it for 10 s:
              Lambda refuses to join them (in environment 'dev')
  --> topology.yaml:20:27
   |
20 |   dev: {queues: {intake: {visibility_timeout: 5s}}}
   |                           ^^^^^^^^^^^^^^^^^^^^^^
   |
  ::: topology.yaml:17:5
   |
17 |     timeout: 10s
   |     ------------ may work for 10 s
   |
   = help: write `visibility_timeout: 1m`, or a shorter `timeout` for the function [--fix]
""",
        "1 error in 1 topology\n",
    )


@pytest.mark.parametrize(("environment", "code"), [("dev", 1), ("prod", 0)])
def test_one_environment_can_be_chosen(penstock: Penstock, environment: str, code: int) -> None:
    save(TWO)
    assert penstock("lint", "--env", environment).code == code
    assert penstock("compile", ".", "-o", "out", "--env", environment).code == code
    assert "(in environment" not in penstock("lint", "--env", environment).out


def test_a_finding_that_is_there_without_an_environment_is_told_once(penstock: Penstock) -> None:
    save(TWO.replace("visibility_timeout: 5s", "retention: 1d").replace("max_receives: 5", "max_receives: 2"))
    ((code, message, _, _),) = told(penstock)
    assert code == "DLQ005"
    assert "environment" not in message


def test_a_comment_counts_as_used_where_any_environment_uses_it(penstock: Penstock) -> None:
    save(
        TWO.replace("visibility_timeout: 5s}}}", "visibility_timeout: 5s}}}  # penstock: ignore[VIS001] because a test")
    )
    for arguments in ((), ("--env", "dev"), ("--env", "prod")):
        assert penstock("lint", *arguments).code == 0


def test_a_comment_holds_beside_what_makes_another_environment_unusable(penstock: Penstock) -> None:
    text = TWO.replace(
        "visibility_timeout: 5s}}}", "visibility_timeout: 5s}}}  # penstock: ignore[VIS001] because a test"
    )
    save(text.replace("prod: {", "prod: {queues: {intake: {retention: 40d}}, "))
    assert [code for code, *_ in told(penstock)] == ["SCH005"]


def test_there_is_no_such_environment(penstock: Penstock) -> None:
    save(TWO)
    assert told(penstock, "--env", "prd") == [
        ("ENV002", "topology 'shop' has no environment 'prd'", 19, "did you mean 'prod'?")
    ]
    save(CLEAN)
    assert told(penstock, "--env", "prod") == [("ENV002", "topology 'shop' has no environment 'prod'", 1, None)]
    assert penstock("compile", ".", "-o", "out", "--env", "prod").code == 2


@pytest.mark.parametrize(
    ("overlay", "message", "help_"),
    [
        (
            "queues: {intak: {}}",
            "environment 'prod' changes queue 'intak', which there is not",
            "did you mean 'intake'?",
        ),
        (
            "topics: {worker: {}}",
            "environment 'prod' changes topic 'worker', which there is not",
            "it stands under `consumers`",
        ),
        (
            "topics: {zzz: null}",
            "environment 'prod' changes topic 'zzz', which there is not",
            "what only this environment has stands with the others, with `only_in: [prod]`",
        ),
    ],
)
def test_an_overlay_changes_what_is_not_there(penstock: Penstock, overlay: str, message: str, help_: str) -> None:
    save(f"{CLEAN}environments:\n  prod:\n    {overlay}\n")
    assert told(penstock, "--env", "prod") == [("ENV001", message, 21, help_)]


def test_an_overlay_changes_what_its_environment_has_not(penstock: Penstock) -> None:
    text = CLEAN.replace("  intake:\n", "  intake:\n    only_in: [dev]\n")
    save(
        f"{text}environments:\n  dev:\n  prod:\n    queues: {{intake: {{delay: 1s}}}}\n    consumers: {{worker: null}}\n"
    )
    found = told(penstock, "--env", "prod")
    assert ("ENV001", "environment 'prod' changes queue 'intake', which is only in 'dev'", 23) in [
        one[:3] for one in found
    ]


def test_what_is_removed_is_missed_where_it_is_used(penstock: Penstock) -> None:
    save(f"{CLEAN}environments:\n  prod:\n    queues: {{intake: null}}\n")
    found = told(penstock)
    assert {one[0] for one in found} == {"REF001"}
    assert all(one[1].endswith("(in environment 'prod')") for one in found)


def test_only_in(penstock: Penstock) -> None:
    tap = "  tap: {only_in: [dev], dlq: {max_receives: 5}}\nconsumers:\n"
    save(CLEAN.replace("consumers:\n", tap) + "environments: {dev: , prod: }\n")
    assert "TapQueue" not in template(penstock)["Resources"]  # type: ignore[operator]
    assert "TapQueue" not in template(penstock, "--env", "prod")["Resources"]  # type: ignore[operator]
    assert "TapQueue" in template(penstock, "--env", "dev")["Resources"]  # type: ignore[operator]
    save(CLEAN.replace("consumers:\n", tap.replace("[dev]", "[prd]")) + "environments: {dev: , prod: }\n")
    assert told(penstock) == [
        ("ENV002", "queue 'tap' is only in environment 'prd', which there is not", 15, "did you mean 'prod'?")
    ]


def test_an_overlay_has_its_schema(penstock: Penstock) -> None:
    save(
        f"{CLEAN}environments:\n  prod:\n    queus: {{}}\n    account: 1\n    queues: {{intake: {{delay: 1 s, retentio: 1d}}}}\n"
    )
    assert [(code, line) for code, _, line, _ in told(penstock)] == [
        ("SCH001", 21),
        ("SCH003", 22),
        ("SCH003", 23),
        ("SCH001", 23),
    ]


class TestVariables:
    def test_they_are_written_out_or_left_to_the_deployment(self, penstock: Penstock, tmp_path: Path) -> None:
        save(TEXTS)
        assert penstock("lint") == (0, "", "no findings in 1 topology\n")
        for environment, account, region in (("prod", "222233334444", "eu-central-1"), ("dev", None, None)):
            found = template(penstock, "--env", environment)
            linted = cfn_lint([tmp_path / "out/template.yaml"], tmp_path / "cache")
            assert (linted.stdout, linted.returncode) == ("", 0)
            text = (tmp_path / "out/template.yaml").read_text(encoding="utf-8")
            assert f"Value: shop-{environment}\n" in text
            assert f"arn:aws:iam::{account or '${AWS::AccountId}'}:role/shop" in text
            assert (
                f"AT: {'!Sub ' * (region is None)}in {region or '${AWS::Region}'} ${{{'!' * (region is None)}x}}\n"
                in text
            )
            assert "LEVEL: !Ref Level\n" in text
            assert "- !Ref Alerts\n" in text
            assert found["Parameters"]["Alerts"] == {"Type": "String", "Description": "Who is told"}  # type: ignore[index]
            assert found["Parameters"]["Level"]["AllowedValues"] == ["info", "debug"]  # type: ignore[index]

    def test_without_an_environment_there_is_none(self, penstock: Penstock) -> None:
        save(TEXTS)
        ran = penstock("compile", ".", "-o", "out")
        assert ran.code == 2
        assert "error[VAR004] ${env} has no value where no environment is chosen" in ran.out

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("${topology}", "${topolgy}", ("VAR001", "there is no variable ${topolgy}", "did you mean ${topology}?")),
            ("${topology}", "${x}", ("VAR001", "there is no variable ${x}", None)),
            (
                "${topology}",
                "${param.Qqq}",
                ("VAR001", "there is no variable ${param.Qqq}", "declare it: `parameters: {Qqq: {default: ...}}`"),
            ),
            (
                "timeout: 10s",
                "timeout: '${param.Level}'",
                (
                    "VAR002",
                    f"{TIMEOUT}, but ${{param.Level}} is known only when it is deployed",
                    "write the value itself, or let the overlays of `environments` tell it apart",
                ),
            ),
            (
                "default: info",
                "default: warn",
                (
                    "VAR005",
                    "the default of parameter 'Level' is not among the values that it may have",
                    "allowed are info, debug",
                ),
            ),
        ],
    )
    def test_one_that_cannot_be(
        self, penstock: Penstock, old: str, new: str, expected: tuple[str, str, str | None]
    ) -> None:
        save(TEXTS.replace(old, new))
        ((code, message, line, help_),) = told(penstock)
        assert (code, message) == expected[:2]
        assert help_ == (expected[2] or help_)
        assert new.strip("'") in TEXTS.replace(old, new).splitlines()[line - 1]

    def test_the_place_is_the_variable(self, penstock: Penstock) -> None:
        save(TEXTS.replace("${topology}", "${topolgy}"))
        (one,) = json.loads(penstock("lint", "--format", "json").out)["diagnostics"]
        assert (one["begin"], one["end"]) == ({"line": 3, "column": 16}, {"line": 3, "column": 26})

    def test_a_parameter_that_nothing_uses(self, penstock: Penstock) -> None:
        save(TEXTS + "  Other:\n")
        ((code, message, _, _),) = told(penstock)
        assert (code, message) == ("VAR003", "no text refers to parameter 'Other': it does not get into the template")

    def test_a_parameter_with_the_name_of_a_resource(self, penstock: Penstock) -> None:
        save(TEXTS.replace("Level:", "IntakeQueue:").replace("param.Level", "param.IntakeQueue"))
        ran = penstock("compile", ".", "-o", "out", "--env", "prod")
        assert ran.code == 2
        assert "error[VAR006] parameter 'IntakeQueue' has the name of something else" in ran.out

    def test_the_embedded_aws_needs_a_value_for_each(self, penstock: Penstock) -> None:
        save(TEXTS)
        expected = "penstock: parameter 'Alerts' has no default: give it a value with --param Alerts=...\n"
        assert penstock("dev", ".", "--env", "prod").err.endswith(expected)
        ran = penstock("dev", ".", "--env", "prod", "--param", "Alerts=x", "--param", "Other=x")
        assert ran.err.endswith("penstock: the topology has no parameter 'Other'\n")
        assert penstock("dev", ".", "--param", "x").code == 2
