"""What is invoked here of functions that are kept warm."""

from typing import Any

from penstock.dev.aliases import pass_aliases_by


def template(qualifier: str) -> dict[str, Any]:
    function = {"Ref": "Work"}
    uri = "path/functions/${WorkLive}/invocations"
    resources: dict[str, Any] = {
        "WorkLive": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": function, "Name": "live"}},
        "RestLive": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Rest"}, "Name": "live"}},
        "Config": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": function, "Qualifier": qualifier},
        },
        "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {"Endpoint": {"Ref": "WorkLive"}}},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": {"Uri": {"Fn::Sub": uri}}},
        "Other": {"Type": "AWS::SNS::Subscription", "Properties": {"Endpoint": {"Ref": "RestLive"}}},
    }
    return {"Resources": resources}


def test_an_alias_is_passed_by_where_it_says_what_becomes_of_invocations() -> None:
    given = template("live")
    (change,) = pass_aliases_by(given)
    resources = {name: body["Properties"] for name, body in given["Resources"].items()}
    assert change.logical_id == "Config"
    assert resources["Config"]["Qualifier"] == "$LATEST"
    assert resources["Subscription"] == {"Endpoint": {"Fn::GetAtt": ["Work", "Arn"]}}
    assert resources["Method"]["Uri"] == {"Fn::Sub": "path/functions/${Work.Arn}/invocations"}
    assert resources["Other"] == {"Endpoint": {"Ref": "RestLive"}}


def test_all_others_are_invoked_as_they_are() -> None:
    given = template("$LATEST")
    assert list(pass_aliases_by(given)) == []
    assert given == template("$LATEST")


def test_several_aliases_are_passed_by() -> None:
    functions = {f"{name}Function": {"Type": "AWS::Lambda::Function", "Properties": {}} for name in ("A", "B")}
    aliases = {
        f"{name}Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": f"{name}Function"}}}
        for name in ("A", "B")
    }
    configs = {
        f"{name}Invocations": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": {"Ref": f"{name}Function"}, "Qualifier": "live"},
        }
        for name in ("A", "B")
    }
    given: dict[str, Any] = {"Resources": {**functions, **aliases, **configs}}
    assert [change.logical_id for change in pass_aliases_by(given)] == ["AInvocations", "BInvocations"]
    assert [given["Resources"][name]["Properties"]["Qualifier"] for name in configs] == ["$LATEST", "$LATEST"]
