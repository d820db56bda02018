"""A compiled topology written by hand: API > queue > function > topic, FIFO topic and bus > queues > functions."""

from typing import Any

WORKERS = {  # component: its queue
    "intake-worker": "intake",
    "fulfil": "fulfilment",
    "bookkeeper": "ledger-entries",
    "ship": "shipping",
    "auditor": "audit",
}
FIFO = {"entries", "ledger-entries", "audit"}
HOPS = (
    ("checkout", "intake"),
    ("intake", "intake-worker"),
    ("intake-worker", "orders"),
    ("intake-worker", "ledger"),
    ("intake-worker", "commerce"),
    ("orders", "fulfilment"),
    ("fulfilment", "fulfil"),
    ("ledger", "ledger-entries"),
    ("ledger-entries", "bookkeeper"),
    ("commerce", "shipping"),
    ("shipping", "ship"),
    ("commerce", "audit"),
    ("audit", "auditor"),
    ("till", "entries"),
)
VTL = (
    "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
    "&MessageAttribute.1.Name=message&MessageAttribute.1.Value.DataType=String"
    "&MessageAttribute.1.Value.StringValue=OrderPlaced"
)
GROUPED = (
    VTL + "&MessageGroupId=$util.urlEncode($input.path('$.order_id'))"
    "&MessageDeduplicationId=$util.urlEncode($input.path('$.order_id'))"
)


def logical(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def att(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def queues() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in (*WORKERS.values(), "entries"):
        fifo = {"FifoQueue": True, "ContentBasedDeduplication": True} if name in FIFO else {}
        redrive = {"deadLetterTargetArn": att(logical(name) + "Dlq"), "maxReceiveCount": 3}
        made[logical(name) + "Dlq"] = resource("SQS::Queue", MessageRetentionPeriod=1209600, **fifo)
        made[logical(name)] = resource(
            "SQS::Queue", VisibilityTimeout=180, RedrivePolicy=redrive, KmsMasterKeyId=att("MainKey"), **fifo
        )
    return made


def functions() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, queue in WORKERS.items():
        variables: dict[str, Any] = {"COMPONENT": name, "QUEUE": queue, "IDEMPOTENCY_TABLE": ref("Idempotency")}
        if name == "intake-worker":
            variables |= {"TOPIC": ref("Orders"), "FIFO_TOPIC": ref("Ledger"), "BUS": ref("Commerce")}
        made[logical(name) + "Logs"] = resource("Logs::LogGroup", RetentionInDays=30)
        made[logical(name)] = resource(
            "Lambda::Function",
            Runtime="python3.13",
            Architectures=["arm64"],
            Handler="handler.handler",
            Code="functions/worker",
            Role=att("Role"),
            Timeout=30,
            MemorySize=256,
            Layers=[ref("PowertoolsLayer")],
            LoggingConfig={"LogFormat": "JSON", "LogGroup": ref(logical(name) + "Logs")},
            Environment={"Variables": variables},
        )
        made[logical(name) + "Mapping"] = resource(
            "Lambda::EventSourceMapping",
            FunctionName=ref(logical(name)),
            EventSourceArn=att(logical(queue)),
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
    return made


def channels() -> dict[str, Any]:
    rule = {"EventBusName": ref("Commerce"), "EventPattern": {"detail-type": ["OrderPlaced"]}}
    group = {"MessageGroupId": "$.detail.order_id"}
    return {
        "Orders": resource("SNS::Topic", KmsMasterKeyId=ref("MainKey")),
        "Ledger": resource("SNS::Topic", TopicName="ledger.fifo", FifoTopic=True, ContentBasedDeduplication=True),
        "Commerce": resource("Events::EventBus", Name="commerce"),
        "CommerceArchive": resource("Events::Archive", SourceArn=att("Commerce"), RetentionDays=30),
        "ToFulfilment": resource(
            "SNS::Subscription",
            TopicArn=ref("Orders"),
            Protocol="sqs",
            Endpoint=att("Fulfilment"),
            RawMessageDelivery=True,
            FilterPolicy={"message": ["OrderPlaced"]},
        ),
        "ToLedgerEntries": resource(
            "SNS::Subscription", TopicArn=ref("Ledger"), Protocol="sqs", Endpoint=att("LedgerEntries")
        ),
        "ToShipping": resource(
            "Events::Rule",
            Targets=[{"Id": "shipping", "Arn": att("Shipping"), "DeadLetterConfig": {"Arn": att("ShippingDlq")}}],
            **rule,
        ),
        "ToAudit": resource(
            "Events::Rule", Targets=[{"Id": "audit", "Arn": att("Audit"), "SqsParameters": group}], **rule
        ),
    }


def method(path: str, queue: str, vtl: str) -> dict[str, Any]:
    answer = {"StatusCode": "202", "ResponseTemplates": {"application/json": "{}"}}
    return {
        f"{path}Path": resource(
            "ApiGateway::Resource",
            RestApiId=ref("Api"),
            ParentId={"Fn::GetAtt": ["Api", "RootResourceId"]},
            PathPart=path,
        ),
        f"{path}Post": resource(
            "ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=ref(f"{path}Path"),
            HttpMethod="POST",
            AuthorizationType="AWS_IAM",
            MethodResponses=[{"StatusCode": "202"}, {"StatusCode": "400"}],
            Integration={
                "Type": "AWS",
                "IntegrationHttpMethod": "POST",
                "Credentials": att("Role"),
                "Uri": {
                    "Fn::Sub": [
                        "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue}",
                        {"Queue": {"Fn::GetAtt": [queue, "QueueName"]}},
                    ]
                },
                "PassthroughBehavior": "NEVER",
                "RequestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
                "RequestTemplates": {"application/json": vtl},
                "IntegrationResponses": [answer, {"StatusCode": "400", "SelectionPattern": "4\\d\\d"}],
            },
        ),
    }


def api() -> dict[str, Any]:
    deployment = resource("ApiGateway::Deployment", RestApiId=ref("Api"))
    return {
        "Api": resource("ApiGateway::RestApi", Name="orders"),
        **method("orders", "Intake", VTL),
        **method("entries", "Entries", GROUPED),
        "ApiDeployment": deployment | {"DependsOn": ["ordersPost", "entriesPost"]},
        "ApiStage": resource(
            "ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref("ApiDeployment"), StageName="live"
        ),
    }


def queue_policy(queue: str, service: str, source: object) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": att(queue),
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    return resource(
        "SQS::QueuePolicy", Queues=[ref(queue)], PolicyDocument={"Version": "2012-10-17", "Statement": [statement]}
    )


def surroundings() -> dict[str, Any]:
    may = {"Effect": "Allow", "Resource": "*"}
    work = ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    duties = {"Statement": [may | {"Action": [*work, "sns:Publish", "events:PutEvents", "sqs:SendMessage"]}]}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    root = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    return {
        "Role": resource(
            "IAM::Role",
            AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
            Policies=[{"PolicyName": "duties", "PolicyDocument": {"Version": "2012-10-17", **duties}}],
        ),
        "Idempotency": resource(
            "DynamoDB::Table",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
        ),
        "MainKey": resource(
            "KMS::Key",
            EnableKeyRotation=True,
            KeyPolicy={
                "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": root}}]
            },
        ),
        "MainAlias": resource("KMS::Alias", AliasName="alias/orders-main", TargetKeyId=ref("MainKey")),
        "FulfilmentPolicy": queue_policy("Fulfilment", "sns", ref("Orders")),
        "LedgerEntriesPolicy": queue_policy("LedgerEntries", "sns", ref("Ledger")),
        "ShippingPolicy": queue_policy("Shipping", "events", att("ToShipping")),
        "AuditPolicy": queue_policy("Audit", "events", att("ToAudit")),
        "TopicPolicy": resource(
            "SNS::TopicPolicy",
            Topics=[ref("Orders")],
            PolicyDocument={
                "Statement": [may | {"Action": "sns:Publish", "Resource": ref("Orders"), "Principal": {"AWS": root}}]
            },
        ),
        "BusPolicy": resource(
            "Events::EventBusPolicy",
            EventBusName=ref("Commerce"),
            StatementId="own",
            Statement={
                "Effect": "Allow",
                "Action": "events:PutEvents",
                "Resource": att("Commerce"),
                "Principal": {"AWS": root},
            },
        ),
        "AgeAlarm": resource(
            "CloudWatch::Alarm",
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Intake", "QueueName"]}}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=5,
            Threshold=300,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[ref("Orders")],
        ),
        "ShipAsync": resource(
            "Lambda::EventInvokeConfig", FunctionName=ref("Ship"), Qualifier="$LATEST", MaximumRetryAttempts=1
        ),
        "IntakeUrl": resource("SSM::Parameter", Type="String", Value=ref("Intake")),
    }


def template() -> dict[str, Any]:
    layer = "/aws/service/powertools/python/arm64/python3.13/latest"
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"PowertoolsLayer": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": layer}},
        "Resources": queues() | functions() | channels() | api() | surroundings(),
        "Outputs": {"IntakeUrl": {"Value": ref("Intake")}},
    }
