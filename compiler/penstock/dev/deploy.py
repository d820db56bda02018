"""Deploys a compiled CloudFormation template into the embedded AWS."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yaml.error import YAMLError

from penstock.dev import DevError
from penstock.dev.absent import stand_in
from penstock.dev.adapt import Change, adapt
from penstock.dev.aliases import pass_aliases_by
from penstock.dev.complete import complete
from penstock.dev.embedded import EmbeddedAws
from penstock.dev.package import package
from penstock.dev.powertools import powertools_parameters
from penstock.dev.template import read_template
from penstock.plan.deployed import RELEASE

DEPLOY_SECONDS = 120.0
DEFAULT_VISIBILITY = 5  # above a handler's cold start, or a message would come back while its first attempt still runs
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack: outputs, the physical id of each logical id, and what `adapt` changed before."""

    name: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    changes: tuple[Change, ...]

    def physical(self, logical_id: str) -> str:
        """The physical id behind a logical id."""
        if logical_id not in self.resources:
            raise DevError(f"the stack {self.name} has no resource {logical_id}")
        return self.resources[logical_id]


def deploy(
    template_path: Path,
    stack_name: str,
    aws: EmbeddedAws,
    *,
    parameters: Mapping[str, str] | None = None,
    visibility: int | None = DEFAULT_VISIBILITY,
) -> Stack:
    """Adapts, packages and deploys a template; a failure is a DevError that names the resource and the reason.

    `parameters` are stack parameters; `visibility` is the highest visibility timeout in seconds, None for the declared.
    """
    template = _read(template_path)
    changed = (*stand_in(template), *pass_aliases_by(template))
    bucket = f"{stack_name}-artifacts"
    package(template, template_path.parent, bucket, aws)
    template, changes = adapt(template, _unknown_types(_upload(template, bucket, aws), aws), visibility)
    release = {RELEASE: "dev"} if RELEASE in template.get("Parameters", {}) else {}
    given = powertools_parameters(template, aws) | release | dict(parameters or {})
    aws.call(
        "cloudformation",
        "create_stack",
        StackName=stack_name,
        TemplateURL=_upload(template, bucket, aws),
        Capabilities=CAPABILITIES,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    outputs = _outputs_when_complete(stack_name, aws)
    stack = Stack(stack_name, outputs, dict(_physical_ids(stack_name, aws)), changed + changes)
    complete(template, stack.resources, aws)
    return stack


def _read(path: Path) -> dict[str, Any]:
    """The template as data."""
    try:
        template = read_template(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError) as fault:
        raise DevError(f"{path} cannot be read as a template: {fault}") from fault
    if not isinstance(template, dict):
        raise DevError(f"{path} is no CloudFormation template")
    return template


def _upload(template: dict[str, Any], bucket: str, aws: EmbeddedAws) -> str:
    """Puts the template where CloudFormation reads it, past the limit for templates in a request; its URL."""
    aws.call("s3", "put_object", Bucket=bucket, Key="template.json", Body=json.dumps(template).encode())
    return f"{aws.endpoint}/{bucket}/template.json"


def _unknown_types(url: str, aws: EmbeddedAws) -> frozenset[str]:
    """The resource types of a template that the emulator lacks; it names them all when it validates."""
    try:
        aws.call("cloudformation", "validate_template", TemplateURL=url)
    except DevError as refusal:
        named = re.search(r"Unrecognized resource types: \[(.*?)]", str(refusal))
        if named is None:
            raise
        return frozenset(re.split(r",\s*", named[1]))
    return frozenset()


def _outputs_when_complete(stack_name: str, aws: EmbeddedAws) -> dict[str, str]:
    """Waits for the stack; its outputs, or a DevError with the first resource that failed."""
    end = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < end:
        stack = aws.call("cloudformation", "describe_stacks", StackName=stack_name)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
        if stack["StackStatus"] not in {"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"}:
            raise DevError(f"the stack {stack_name} was not deployed: {_reason(stack, aws)}")
        time.sleep(0.1)
    raise DevError(f"the stack {stack_name} was not deployed within {DEPLOY_SECONDS:g} s")


def _reason(stack: dict[str, Any], aws: EmbeddedAws) -> str:
    """The earliest failure among the stack's events: what failed after it only followed."""
    events = aws.call("cloudformation", "describe_stack_events", StackName=stack["StackName"])["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"] == "CREATE_FAILED"]
    for event in failed:
        reason = event.get("ResourceStatusReason", "no reason given")
        if "cancelled" not in reason.lower():
            return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
    return str(stack.get("StackStatusReason") or stack["StackStatus"])


def _physical_ids(stack_name: str, aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    """Logical and physical id of every resource."""
    more: dict[str, str] = {}
    while True:
        page = aws.call("cloudformation", "list_stack_resources", StackName=stack_name, **more)
        for resource in page["StackResourceSummaries"]:
            yield resource["LogicalResourceId"], resource.get("PhysicalResourceId", "")
        if "NextToken" not in page:
            return
        more = {"NextToken": page["NextToken"]}
