import json
from typing import Any

import pytest

from penstock.dev import DevError
from penstock.dev.adapt import Change, adapt


def template(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources}


def queue(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def mapping(of: str) -> dict[str, Any]:
    properties = {"EventSourceArn": {"Fn::GetAtt": [of, "Arn"]}}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def test_only_queues_that_functions_read_come_back_sooner() -> None:
    given = template(Read=queue(VisibilityTimeout=180), Dlq=queue(), Mapping=mapping("Read"))
    adapted, changes = adapt(given, set(), 5)
    assert adapted["Resources"]["Read"]["Properties"] == {"VisibilityTimeout": 5}
    assert adapted["Resources"]["Dlq"] == queue()
    assert changes == (Change("Read", "visibility timeout 180 s -> 5 s, so that retries come soon"),)


def test_the_default_timeout_of_aws_is_lowered_too() -> None:
    _, changes = adapt(template(Read=queue(), Mapping=mapping("Read")), set(), 5)
    assert changes[0].what.startswith("visibility timeout 30 s -> 5 s")


def test_short_timeouts_and_the_given_template_stay() -> None:
    given = template(Read=queue(VisibilityTimeout=2), Mapping=mapping("Read"))
    adapted, changes = adapt(given, set(), 5)
    assert (adapted, changes) == (given, ())
    assert adapt(template(Read=queue(VisibilityTimeout=90), Mapping=mapping("Read")), set(), None)[1] == ()


def test_what_refers_to_a_missing_type_goes_with_it() -> None:
    target = {"Targets": [{"Arn": {"Fn::GetAtt": "Partner.Arn"}}]}
    given = template(
        Partner={"Type": "AWS::Events::ApiDestination"},
        Rule={"Type": "AWS::Events::Rule", "Properties": target},
        Alarm={"Type": "AWS::CloudWatch::Alarm", "Properties": {"Name": {"Fn::Sub": "on-${Rule}"}}},
        Kept=queue() | {"DependsOn": ["Rule", "Other"]},
        Other=queue(),
    ) | {"Outputs": {"Gone": {"Value": {"Ref": "Rule"}}, "Stays": {"Value": {"Ref": "Kept"}}}}
    adapted, changes = adapt(given, {"AWS::Events::ApiDestination"}, None)
    assert set(adapted["Resources"]) == {"Kept", "Other"}
    assert adapted["Resources"]["Kept"]["DependsOn"] == ["Other"]
    assert set(adapted["Outputs"]) == {"Stays"}
    assert changes == (
        Change("Partner", "left out: the embedded AWS has no AWS::Events::ApiDestination"),
        Change("Rule", "left out: it refers to Partner"),
        Change("Alarm", "left out: it refers to Rule"),
    )


def test_nothing_that_messages_flow_through_is_left_out() -> None:
    given = template(Odd={"Type": "AWS::Odd::Thing"}, Q=queue(Name={"Ref": "Odd"}))
    with pytest.raises(DevError, match=r"Q \(AWS::SQS::Queue\) cannot run in the embedded AWS: it refers to Odd"):
        adapt(given, {"AWS::Odd::Thing"}, None)


def test_doors_are_opened_where_no_request_from_here_gets_in() -> None:
    def method(**properties: object) -> dict[str, Any]:
        return {"Type": "AWS::ApiGateway::Method", "Properties": properties}

    given = template(
        Users=method(AuthorizationType="COGNITO_USER_POOLS", AuthorizerId={"Ref": "Pool"}),
        Key=method(AuthorizationType="NONE", ApiKeyRequired=True),
        Iam=method(AuthorizationType="AWS_IAM"),
    )
    adapted, changes = adapt(given, set(), None)
    assert adapted["Resources"]["Users"] == method(AuthorizationType="NONE")
    assert adapted["Resources"]["Key"] == method(AuthorizationType="NONE", ApiKeyRequired=True)
    assert adapted["Resources"]["Iam"] == method(AuthorizationType="AWS_IAM")
    assert [change.logical_id for change in changes] == ["Users"]


def test_plain_http_is_let_in_and_what_else_a_policy_says_stays() -> None:
    tls = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    other = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}

    def policy(kind: str, *statements: dict[str, Any]) -> dict[str, Any]:
        return {"Type": f"AWS::{kind}", "Properties": {"PolicyDocument": {"Statement": list(statements)}}}

    given = template(Both=policy("SQS::QueuePolicy", other, tls), Only=policy("SNS::TopicPolicy", tls))
    adapted, changes = adapt(given, set(), None)
    assert adapted["Resources"] == {"Both": policy("SQS::QueuePolicy", other), "Only": policy("SNS::TopicPolicy")}
    what = "takes plain HTTP: the loopback interface has no TLS"
    assert changes == (Change("Both", what), Change("Only", what))


def test_routes_that_the_emulator_cannot_integrate_are_named() -> None:
    def method(uri: str) -> dict[str, Any]:
        return {"Type": "AWS::ApiGateway::Method", "Properties": {"Integration": {"Uri": {"Fn::Sub": uri}}}}

    start = "arn:${AWS::Partition}:apigateway:${AWS::Region}:"
    given = template(
        News=method(f"{start}sns:path//"),
        Events=method(f"{start}events:action/PutEvents"),
        Orders=method(f"{start}sqs:path/1/q"),
    )
    adapted, changes = adapt(given, set(), None)
    assert adapted == given
    assert [(change.logical_id, change.what.rpartition(" with ")[2].partition(":")[0]) for change in changes] == [
        ("News", "a topic"),
        ("Events", "a bus"),
    ]


def test_schedules_send_by_ready_made_targets() -> None:
    def schedule(**target: object) -> dict[str, Any]:
        return {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": target}}

    body = json.dumps({"at": "${x}"})
    queue_call = {"QueueUrl": "${Q}", "MessageBody": body.replace("${", "${!"), "MessageGroupId": "g"}
    topic_call = {"TopicArn": "${T}", "Message": body.replace("${", "${!")}
    given = template(
        ToQueue=schedule(Arn={"Fn::Sub": "...:aws-sdk:sqs:sendMessage"}, Input={"Fn::Sub": json.dumps(queue_call)}),
        ToTopic=schedule(Arn={"Fn::Sub": "...:aws-sdk:sns:publish"}, Input={"Fn::Sub": json.dumps(topic_call)}),
        ToBus=schedule(Arn={"Fn::GetAtt": ["B", "Arn"]}, Input=body),
    )
    adapted, changes = adapt(given, set(), None)
    targets = {name: resource["Properties"]["Target"] for name, resource in adapted["Resources"].items()}
    assert targets == {
        "ToQueue": {
            "Arn": {"Fn::GetAtt": ["Q", "Arn"]},
            "Input": body,
            "SqsParameters": {"MessageGroupId": "g"},
        },
        "ToTopic": {"Arn": {"Ref": "T"}, "Input": body},
        "ToBus": given["Resources"]["ToBus"]["Properties"]["Target"],
    }
    assert [change.logical_id for change in changes] == ["ToQueue", "ToTopic"]


def test_a_policy_loses_what_it_says_of_what_is_left_out_and_nothing_else() -> None:
    def statement(source: str) -> dict[str, Any]:
        condition = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [source, "Arn"]}}}
        return {"Sid": source, "Effect": "Allow", "Action": "sqs:SendMessage", "Condition": condition}

    def policy(*sources: str) -> dict[str, Any]:
        document = {"Statement": [statement(source) for source in sources]}
        return {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": document}}

    given = template(Far={"Type": "AWS::Far::Away"}, Both=policy("Far", "Near"), One=policy("Far"))
    adapted, changes = adapt(given, {"AWS::Far::Away"}, None)
    assert adapted["Resources"] == {"Both": policy("Near")}
    assert [change.logical_id for change in changes] == ["Far", "One"]


def test_schedules_send_to_what_exists_already() -> None:
    name = {"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Theirs"}]}]}
    url = "https://sqs.${AWS::Region}.${AWS::URLSuffix}/111122223333/"
    calls = {
        "Written": {"Fn::Sub": json.dumps({"QueueUrl": f"{url}theirs", "MessageBody": "{}"})},
        "Late": {"Fn::Sub": [json.dumps({"QueueUrl": f"{url}${{Name}}", "MessageBody": "{}"}), {"Name": name}]},
        "Topic": {"Fn::Sub": json.dumps({"TopicArn": "arn:aws:sns:eu-central-1:111122223333:t", "Message": "{}"})},
        "Exported": {"Fn::Sub": [json.dumps({"TopicArn": "${T}", "Message": "{}"}), {"T": {"Fn::ImportValue": "t"}}]},
    }
    resources = {
        key: {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": {"Arn": "...", "Input": call}}}
        for key, call in calls.items()
    }
    adapted, _ = adapt(template(**resources), set(), None)
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:111122223333:"
    assert {key: one["Properties"]["Target"]["Arn"] for key, one in adapted["Resources"].items()} == {
        "Written": {"Fn::Sub": f"{arn}theirs"},
        "Late": {"Fn::Sub": [f"{arn}${{Name}}", {"Name": name}]},
        "Topic": {"Fn::Sub": "arn:aws:sns:eu-central-1:111122223333:t"},
        "Exported": {"Fn::Sub": ["${T}", {"T": {"Fn::ImportValue": "t"}}]},
    }


def test_readers_with_a_throughput_of_their_own_share_the_stream_where_there_are_none() -> None:
    stream, reader = {"Fn::GetAtt": ["Clicks", "Arn"]}, {"Fn::GetAtt": ["Reader", "ConsumerARN"]}
    kind = "AWS::Kinesis::StreamConsumer"
    given = template(
        Clicks={"Type": "AWS::Kinesis::Stream"},
        Reader={"Type": kind, "Properties": {"StreamARN": stream, "ConsumerName": "count"}},
        Mapping={"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": reader}},
    )
    adapted, changes = adapt(given, {kind}, None)
    assert adapted["Resources"].keys() == {"Clicks", "Mapping"}
    assert adapted["Resources"]["Mapping"]["Properties"] == {"EventSourceArn": stream}
    assert changes == (Change("Reader", f"reads the stream as all others do: the embedded AWS has no {kind}"),)
    assert adapt(given, set(), None) == (given, ())


def test_nobody_outside_is_written_to_and_that_is_said() -> None:
    def subscription(protocol: str, endpoint: str) -> dict[str, Any]:
        return {"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": protocol, "Endpoint": endpoint}}

    target = {"Id": "a", "Arn": {"Fn::Sub": "arn:aws:logs:eu-central-1:111122223333:log-group:${Log}"}}
    given = template(
        Far=subscription("https", "https://partner.example/hooks"),
        Here=subscription("http", "http://127.0.0.1:8080/hooks"),
        Mail=subscription("email", "ops@shop.example"),
        Queue=subscription("sqs", "arn:aws:sqs:eu-central-1:111122223333:q"),
        Log={"Type": "AWS::Logs::LogGroup", "Properties": {}},
        Rule={"Type": "AWS::Events::Rule", "Properties": {"Targets": [target]}},
    )
    adapted, changes = adapt(given, set(), None)
    assert adapted == given
    assert [(change.logical_id, change.what.partition(":")[0]) for change in changes] == [
        ("Far", "posts nothing"),
        ("Mail", "sends no mail"),
        ("Rule", "writes nothing"),
    ]


@pytest.mark.parametrize(("way", "said"), [("OnSuccess", ["Config"]), ("OnFailure", [])])
def test_successes_of_which_nobody_hears_are_said(way: str, said: list[str]) -> None:
    settings = {"DestinationConfig": {way: {"Destination": "arn"}}}
    _, changes = adapt(template(Config={"Type": "AWS::Lambda::EventInvokeConfig", "Properties": settings}), set(), None)
    assert [change.logical_id for change in changes] == said
