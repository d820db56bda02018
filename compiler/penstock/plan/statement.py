"""Policy statements as values, and the grants that hang each of them on its holder."""

from collections.abc import Mapping
from enum import Enum

from penstock.model.origin import Place
from penstock.plan.values import Value
from penstock.records import field, value

ON_EVERYTHING = {
    "ec2:DescribeNetworkInterfaces": "EC2 describes all interfaces or none",
    "ec2:DescribeSubnets": "EC2 describes all subnets or none",
    "ecr:GetAuthorizationToken": "the token is for the whole registry",
    "logs:CreateLogDelivery": "a delivery of logs has no ARN before it is there",
    "logs:DeleteLogDelivery": "IAM knows no ARN of a delivery of logs",
    "logs:DescribeLogGroups": "CloudWatch Logs describes all groups or none",
    "logs:DescribeResourcePolicies": "IAM knows no ARN of a policy of CloudWatch Logs",
    "logs:GetLogDelivery": "IAM knows no ARN of a delivery of logs",
    "logs:ListLogDeliveries": "CloudWatch Logs lists all deliveries or none",
    "logs:PutResourcePolicy": "IAM knows no ARN of a policy of CloudWatch Logs",
    "logs:UpdateLogDelivery": "IAM knows no ARN of a delivery of logs",
    "xray:GetSamplingRules": "X-Ray's rules hold for the whole account",
    "xray:GetSamplingTargets": "X-Ray's rules hold for the whole account",
    "xray:PutTelemetryRecords": "X-Ray has no resources that a record could belong to",
    "xray:PutTraceSegments": "X-Ray has no resources that a trace could belong to",
}
"""The only actions that are allowed on every resource, because IAM knows no narrower one for them, each with the reason.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""


class Holder(Enum):
    """What a statement hangs on; the value is the word in the holder's policy resource."""

    ROLE = "role"
    QUEUE = "queue"
    TOPIC = "topic"
    BUS = "bus"
    STREAM = "stream"
    LOG = "log"
    BUCKET = "bucket"
    KEY = "key"


@value
class Statement:
    """One statement of an IAM or resource policy. ``principal`` is ``None`` in the policy of a role."""

    actions: tuple[str, ...]
    resources: tuple[Value, ...]
    principal: Mapping[str, Value] | str | None = None
    condition: Mapping[str, Mapping[str, Value]] | None = None
    effect: str = "Allow"

    def body(self, sid: str | None = None) -> dict[str, Value]:
        """The statement as a policy document says it; one resource or action stands without a list."""
        body: dict[str, Value] = {"Sid": sid} if sid else {}
        body["Effect"] = self.effect
        if self.principal is not None:
            body["Principal"] = self.principal
        body["Action"] = _one_or_all(self.actions)
        body["Resource"] = _one_or_all(self.resources)
        if self.condition:
            body["Condition"] = {operator: dict(test) for operator, test in self.condition.items()}
        return body


@value
class Grant:
    """A statement, the policy that it belongs into, its name there, and the place in the input that asked for it."""

    holder: Holder
    target: str
    sid: str
    statement: Statement
    cause: Place = field(repr=False)


def _one_or_all(values: tuple[Value, ...]) -> Value:
    return values[0] if len(values) == 1 else list(values)
