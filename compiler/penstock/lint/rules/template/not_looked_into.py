"""What a template leaves to a file that is not here is not looked at.

## Why it matters

The definition of a state machine and the template of a nested stack may stand in files. Where such a file lies beside the template it is
read. One that lies in a bucket, or that only a build makes, is not known: the rules about states (SAG) and all rules about what
a nested stack makes have nothing to look at, and find nothing. No finding is then no praise.

## Bad

```yaml
Resources:
  Role: {Type: AWS::IAM::Role}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      DefinitionS3Location: {Bucket: artifacts, Key: machine.json}
```

## Good

```yaml
Resources:
  Role: {Type: AWS::IAM::Role}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      Definition: {StartAt: Done, States: {Done: {Type: Succeed}}}
```

## Source

AWS CLI Command Reference, cloudformation package: which properties may name local files:
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.machines import is_hidden
from penstock.template.places import place
from penstock.template.sam import MACHINE
from penstock.template.stacks import NESTED

_HELP = "name a local file: `sam package` and `aws cloudformation package` put what is uploaded in its place"


@rule("CFN027", "not-looked-into", Severity.INFO)
def not_looked_into(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for machine in directory.of(MACHINE):
        if is_hidden(machine, directory.world):
            text = f"the definition of state machine {machine.id!r} is not known here, so nothing is said of its states"
            yield Finding(place(machine.spot), text, _HELP)
    for resource in directory.world.resources:
        if resource.type in NESTED and not directory.world.has_inside(resource):
            text = (
                f"the template of nested stack {resource.id!r} is not known here, so nothing is said of what it makes"
            )
            yield Finding(place(resource.spot), text, _HELP)
