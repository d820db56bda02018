"""Senders of other accounts on the embedded AWS: its access keys of twelve digits are the roots of accounts of that number."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.session import Session

from penstock.dev.embedded import EmbeddedAws

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NAMED = {"message": {"DataType": "String", "StringValue": "OrderCancelled"}}


@dataclass(frozen=True, slots=True)
class Foreign:
    """A role of another account that its own account lets do everything."""

    aws: EmbeddedAws
    credentials: dict[str, str]

    @classmethod
    def of(cls, aws: EmbeddedAws, account: str, role: str) -> "Foreign":
        root = cls(aws, {"AccessKeyId": account, "SecretAccessKey": "test"})
        iam = root.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(policy(trust)))
        iam.put_role_policy(RoleName=role, PolicyName="everything", PolicyDocument=json.dumps(policy(EVERYTHING)))
        arn = f"arn:aws:iam::{account}:role/{role}"
        return cls(aws, root.client("sts").assume_role(RoleArn=arn, RoleSessionName="e2e")["Credentials"])

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
        return Session().create_client(
            service,
            region_name=self.aws.region,
            endpoint_url=self.aws.endpoint,
            aws_access_key_id=self.credentials["AccessKeyId"],
            aws_secret_access_key=self.credentials["SecretAccessKey"],
            aws_session_token=self.credentials.get("SessionToken"),
            config=Config(proxies={}),
        )

    def to_queue(self, url: str, payload: dict[str, Any]) -> None:
        self.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(payload), MessageAttributes=NAMED)

    def to_topic(self, arn: str, payload: dict[str, Any], **fifo: str) -> None:
        """Publish with the contract's name, and with the attribute that subscriptions of the topology filter on."""
        region = {"region": {"DataType": "String", "StringValue": payload["region"]}}
        self.client("sns").publish(
            TopicArn=arn, Message=json.dumps(payload), MessageAttributes={**NAMED, **region}, **fifo
        )


def policy(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}
