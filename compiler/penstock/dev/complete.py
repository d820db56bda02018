"""Does after a deployment what the embedded AWS can do but its CloudFormation does not: FIFO topics, and validation of requests."""

from collections.abc import Mapping
from typing import Any

from penstock.dev.embedded import EmbeddedAws


def complete(template: Mapping[str, Any], physical: Mapping[str, str], aws: EmbeddedAws) -> None:
    """Complete a deployed stack; ``physical`` are the physical ids by logical id."""
    resources: Mapping[str, Any] = template.get("Resources", {})
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::SNS::Topic" and properties.get("FifoTopic"):
            _fifo_topic(properties, physical[name], aws)
    _validation(resources, physical, aws)


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
