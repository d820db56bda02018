"""Functions that are kept warm: environments of a published version are started before anybody needs them.

A version is a copy of code and configuration that stays. CloudFormation publishes one when the resource is made, and makes it anew
when its description is another, because nothing of a version can be changed. So the description is the stack's parameter ``Release``:
whoever deploys says that this is another one. The function's own description has it too, because Lambda publishes nothing where
nothing is new, and answers that such a version exists. Versions that an alias has left stay: they may be at work, and be returned to.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
"""

from penstock.model.component import Component
from penstock.model.topology import Topology
from penstock.plan.deployed import RELEASE
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Parameter, Resource
from penstock.plan.values import GetAtt, Ref, Sub

ALIAS = "live"
"""The name of the alias that is invoked, in each function."""
_ASKED = "Names what is deployed, such as a commit: another value publishes another version of each function that is kept warm"
_NOTE = f"the template asks for {RELEASE}: deploy each build under another one, or what is kept warm stays the code of the last release"


def alias_id(function: Component) -> str:
    """The logical id of the alias."""
    return logical_id(function.name, "FunctionLive")


def described(function: Component, topology: Topology) -> Sub:
    """The description of a function that is another with each release."""
    return Sub(f"{function.name} of {topology.name}, release ${{{RELEASE}}}")


def keep_warm(function: Component, environments: int | None, plan: Plan) -> None:
    """The version, and the alias with its environments."""
    version, name = logical_id(function.name, "FunctionVersion"), Ref(logical_id(function.name, "Function"))
    cause = function.at("concurrency", "provisioned")
    plan.parameter(Parameter(RELEASE, "String", None, _ASKED))
    plan.note(_NOTE)
    published = {"FunctionName": name, "Description": Ref(RELEASE)}
    plan.add(Resource(version, "AWS::Lambda::Version", published, cause, retain=True))
    plan.add(
        Resource(
            alias_id(function),
            "AWS::Lambda::Alias",
            {
                "FunctionName": name,
                "FunctionVersion": GetAtt(version, "Version"),
                "Name": ALIAS,
                "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": environments},
            },
            cause,
        )
    )
