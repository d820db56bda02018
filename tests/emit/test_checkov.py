"""That the check of the goldens by checkov can fail; `make check` runs it."""

from typing import Any

import pytest

from tests.emit.checkov import judged

WHY = {"CKV_1": "it has a reason"}


def check(check_id: str, name: str = "shop") -> dict[str, str]:
    return {
        "check_id": check_id,
        "check_name": "Ensure something",
        "file_path": f"/examples/{name}/expected/template.yaml",
        "file_abs_path": f"/work/examples/{name}/expected/template.yaml",
        "resource": "AWS::SQS::Queue.Q",
    }


def report(*failed: str, **more: object) -> dict[str, Any]:
    found = {"passed_checks": [check("CKV_9")], "failed_checks": [check(one) for one in failed], "parsing_errors": []}
    return {"check_type": "cloudformation", "results": {**found, **more}}


def test_what_is_accepted_is_no_fault() -> None:
    assert list(judged(report("CKV_1", "CKV_1"), ["shop"], WHY)) == []
    assert list(judged([report("CKV_1"), report()], ["shop"], WHY)) == []


@pytest.mark.parametrize(
    ("given", "names", "wrong"),
    [
        (
            report("CKV_1", "CKV_2"),
            ["shop"],
            "CKV_2 fails for /examples/shop/expected/template.yaml: AWS::SQS::Queue.Q: Ensure something",
        ),
        (report(), ["shop"], "CKV_1 fails nowhere any more: take it out of ACCEPTED"),
        (report("CKV_1"), ["shop", "ledger"], "checkov checked nothing of ledger"),
        (report("CKV_1", parsing_errors=["/a"]), ["shop"], "checkov cannot read /a"),
        ({"passed": 0, "failed": 0}, ["shop"], "checkov looked at nothing: {'passed': 0, 'failed': 0}"),
    ],
)
def test_what_is_wrong_is_said(given: dict[str, Any], names: list[str], wrong: str) -> None:
    assert list(judged(given, names, WHY)) == [wrong]
