"""Does after a deployment what the embedded AWS can do but its CloudFormation does not.

These are FIFO topics, the validation of requests, and the confirmation that an HTTP endpoint is asked for.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from penstock.dev.embedded import EmbeddedAws

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_KEPT = frozenset({"DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"})


def complete(template: Mapping[str, Any], physical: Mapping[str, str], aws: EmbeddedAws) -> None:
    """Complete a deployed stack; ``physical`` are the physical ids by logical id."""
    resources: Mapping[str, Any] = template.get("Resources", {})
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::SNS::Topic" and properties.get("FifoTopic"):
            _fifo_topic(properties, physical[name], aws)
        if resource["Type"] == "AWS::SNS::Subscription" and asks_here(properties):
            _ask(name, physical, aws)
    _validation(resources, physical, aws)


def asks_here(subscription: Mapping[str, Any]) -> bool:
    """Whether a subscription is of an HTTP endpoint on this machine; whoever is elsewhere is not called by a trial."""
    endpoint = subscription.get("Endpoint")
    return isinstance(endpoint, str) and urlsplit(endpoint).hostname in LOOPBACK


def _ask(name: str, physical: Mapping[str, str], aws: EmbeddedAws) -> None:
    """Subscribes an HTTP endpoint anew: then it is asked to confirm, which CloudFormation does not do."""
    arn = physical[name]
    given = aws.call("sns", "get_subscription_attributes", SubscriptionArn=arn)["Attributes"]
    (own,) = (one for one in aws.call("sns", "list_subscriptions")["Subscriptions"] if one["SubscriptionArn"] == arn)
    aws.call("sns", "unsubscribe", SubscriptionArn=arn)
    aws.call(
        "sns",
        "subscribe",
        TopicArn=own["TopicArn"],
        Protocol=own["Protocol"],
        Endpoint=own["Endpoint"],
        Attributes={key: value for key, value in given.items() if key in _KEPT and value},
    )


def _fifo_topic(properties: Mapping[str, Any], arn: str, aws: EmbeddedAws) -> None:
    """Makes a FIFO topic of it, which deduplicates: CloudFormation made a standard one."""
    for attribute in ("FifoTopic", "ContentBasedDeduplication"):
        value = str(properties.get(attribute, False)).lower()
        aws.call("sns", "set_topic_attributes", TopicArn=arn, AttributeName=attribute, AttributeValue=value)


def _validation(resources: Mapping[str, Any], physical: Mapping[str, str], aws: EmbeddedAws) -> None:
    """Has bodies checked at the doors: CloudFormation took validators and methods, and made neither know the other."""
    validators: dict[str, str] = {}
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] != "AWS::ApiGateway::Method" or "RequestValidatorId" not in properties:
            continue
        api = physical[properties["RestApiId"]["Ref"]]
        wanted = properties["RequestValidatorId"]["Ref"]
        if wanted not in validators:
            flags = resources[wanted]["Properties"]
            made = aws.call(
                "apigateway",
                "create_request_validator",
                restApiId=api,
                name=wanted,
                validateRequestBody=flags.get("ValidateRequestBody", False),
                validateRequestParameters=flags.get("ValidateRequestParameters", False),
            )
            validators[wanted] = made["id"]
        aws.call(
            "apigateway",
            "update_method",
            restApiId=api,
            resourceId=_resource(properties["ResourceId"], api, physical, aws),
            httpMethod=properties["HttpMethod"],
            patchOperations=[{"op": "replace", "path": "/requestValidatorId", "value": validators[wanted]}],
        )


def _resource(reference: Mapping[str, Any], api: str, physical: Mapping[str, str], aws: EmbeddedAws) -> str:
    """The id of a path of an API; the root is no resource of the stack."""
    if "Ref" in reference:
        return physical[reference["Ref"]]
    paths = aws.call("apigateway", "get_resources", restApiId=api, limit=500)["items"]
    return next(str(path["id"]) for path in paths if path["path"] == "/")
