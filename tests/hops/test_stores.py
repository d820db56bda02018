"""Stores: what who uses one may do, and what a store is by itself."""

from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.lint.engine import run
from penstock.lint.rules.idempotency.incomplete_idempotency import incomplete_idempotency
from penstock.plan.values import GetAtt, Ref, Sub
from tests.topologies import complete, topology_of

OWN = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
WHOLE = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:"


def resources(fragment: str) -> dict[str, Any]:
    made: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return made


def allowed(fragment: str, sid: str) -> dict[str, Any]:
    (policy,) = resources(fragment)["FFunctionRole"]["Properties"]["Policies"]
    (statement,) = (one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == sid)
    return dict(statement)


@pytest.mark.parametrize(
    ("secret", "resource"),
    [
        ("shop/db", Sub(f"{OWN}shop/db-??????")),
        (f"{WHOLE}db-AbC123", f"{WHOLE}db-AbC123"),
        (f"{WHOLE}db", f"{WHOLE}db-??????"),
    ],
)
def test_the_secret_of_a_database_and_no_other_may_be_read(secret: str, resource: object) -> None:
    text = f"consumers: {{f: {{uses: {{db: read}}}}}}\nstores: {{db: {{type: postgres, secret: '{secret}'}}}}"
    statement = allowed(text, "ConnectToDb")
    assert (statement["Action"], statement["Resource"]) == ("secretsmanager:GetSecretValue", resource)
    variables = resources(text)["FFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PENSTOCK_STORE_DB"] == secret


@pytest.mark.parametrize(
    ("way", "actions"),
    [
        ("read", "s3:GetObject"),
        ("write", ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]),
    ],
)
def test_objects_are_used_as_it_is_declared(way: str, actions: object) -> None:
    text = f"consumers: {{f: {{uses: {{papers: {way}}}}}}}\nstores: {{papers: {{type: s3}}}}"
    statement = allowed(text, "UsePapers")
    assert (statement["Action"], statement["Resource"]) == (actions, Sub("${PapersBucket.Arn}/*"))
    variables = resources(text)["FFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PENSTOCK_STORE_PAPERS"] == Ref("PapersBucket")


def test_a_bucket_is_closed_and_forgets_what_was_never_finished() -> None:
    made = resources("stores: {papers: {type: s3, versioning: true, lifecycle: {expire_after: 30d}}}")
    bucket = made["PapersBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 30
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    statements = made["PapersBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert [one["Resource"] for one in statements] == [GetAtt("PapersBucket", "Arn"), Sub("${PapersBucket.Arn}/*")]
    assert {one["Effect"] for one in statements} == {"Deny"}


def test_an_index_can_be_queried_by_who_reads() -> None:
    table = "stores: {t: {type: dynamodb, key: id, indexes: {by-day: {key: day, sort_key: id, projection: keys}}}}"
    reads = allowed(f"consumers: {{f: {{uses: {{t: read}}}}}}\n{table}", "QueryIndexesOfT")
    assert (reads["Action"], reads["Resource"]) == ("dynamodb:Query", Sub("${TTable.Arn}/index/by-day"))
    properties = resources(table)["TTable"]["Properties"]
    assert [one["AttributeName"] for one in properties["AttributeDefinitions"]] == ["id", "day"]
    assert properties["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "by-day",
            "KeySchema": [
                {"AttributeName": "day", "KeyType": "HASH"},
                {"AttributeName": "id", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ]


@pytest.mark.parametrize(
    ("strategy", "store", "said"),
    [
        ("unique-constraint", "", "relies on a unique constraint, but names no store for it"),
        ("unique-constraint", ", store: t", "relies on a unique constraint, but store 't' can do no such thing"),
        ("table", ", store: db", "remembers messages in a table, but store 'db' can do no such thing"),
    ],
)
def test_a_strategy_wants_a_store_that_can_do_it(strategy: str, store: str, said: str) -> None:
    text = complete(
        f"consumers: {{f: {{uses: {{t: read, db: read}}, idempotency: {{strategy: {strategy}, key: a{store}}}}}}}\n"
        "stores: {t: {type: dynamodb, key: id}, db: {type: postgres, secret: db}}"
    )
    told = [finding.message for finding in run(topology_of(text), [incomplete_idempotency])]
    assert told == [f"function 'f' {said}"]
