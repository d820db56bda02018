"""Types of parameters: what each becomes in the template, where a list can stand, and which defaults are none."""

from pathlib import Path

import pytest

from penstock.diagnostics import Diagnostic
from penstock.emit.cloudformation import template
from penstock.emit.templates import templates
from penstock.hops.lowering import lower
from penstock.model.topology import Topology
from penstock.pipeline import load
from penstock.plan.resource import Parameter
from penstock.plan.stacks import split
from penstock.plan.values import Join, Ref, Sub

TEXT = """\
penstock: 1
name: shop
parameters:
  Subnets: {type: "List<AWS::EC2::Subnet::Id>"}
  Groups: {type: CommaDelimitedList, default: "sg-01234567,sg-89abcdef", allowed: [sg-01234567, sg-89abcdef]}
  Size: {type: Number, default: "5"}
  Level: {type: "AWS::SSM::Parameter::Value<String>", default: /shop/level}
  Token: {secret: true}
stacks: {spread: 1}
consumers:
  work:
    environment: {SIZE: "${param.Size}", TEXT: "at ${param.Level}", TOKEN: "${param.Token}"}
    vpc: {subnets: ["${param.Subnets}"], security_groups: ["${param.Groups}"]}
"""


def loaded(text: str, folder: Path) -> tuple[Topology | None, list[Diagnostic]]:
    (folder / "topology.yaml").write_text(text)
    found = load(folder / "topology.yaml")
    return found.topology, found.diagnostics


def topology_in(folder: Path, text: str = TEXT) -> Topology:
    topology, faults = loaded(text, folder)
    assert topology is not None, faults
    return topology


def test_a_parameter_has_its_type_and_a_secret_one_is_not_shown(tmp_path: Path) -> None:
    plan = lower(topology_in(tmp_path))
    said = plan.template()["Parameters"]
    assert said["Subnets"] == {"Type": "List<AWS::EC2::Subnet::Id>"}
    assert said["Groups"]["AllowedValues"] == ["sg-01234567", "sg-89abcdef"]
    assert said["Size"] == {"Type": "Number", "Default": "5"}
    assert said["Level"] == {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/level"}
    assert said["Token"] == {"Type": "String", "NoEcho": True}


def test_a_list_stands_for_all_items_and_all_else_in_texts(tmp_path: Path) -> None:
    work = lower(topology_in(tmp_path)).resources["WorkFunction"].properties
    assert work["VpcConfig"] == {"SubnetIds": Ref("Subnets"), "SecurityGroupIds": Ref("Groups")}
    variables = work["Environment"]["Variables"]
    assert (variables["SIZE"], variables["TEXT"]) == (Ref("Size"), Sub("at ${Level}"))


def test_nested_stacks_get_a_list_as_one_text_and_hide_what_is_secret(tmp_path: Path) -> None:
    topology = topology_in(tmp_path)
    assert topology.stacks is not None
    one = split(lower(topology), topology, topology.stacks)
    given = one.root.resources["WorkersN0Stack"].properties["Parameters"]
    assert given["pSubnets"] == Join(",", Ref("Subnets"))
    assert (given["pSize"], given["pLevel"], given["pToken"]) == (Ref("Size"), Ref("Level"), Ref("Token"))
    inner = one.nested["workers-0"].parameters
    assert inner["pSubnets"] == Parameter("pSubnets", "CommaDelimitedList", None, None)
    assert inner["pLevel"] == Parameter("pLevel", "String", None, None)
    assert inner["pToken"] == Parameter("pToken", "String", None, None, secret=True)
    assert "pGroups: !Join [',', !Ref Groups]" in templates(lower(topology), topology).files["template.yaml"]
    assert "SubnetIds: !Ref pSubnets" in template(one.nested["workers-0"])


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "help_"),
    [
        (
            '["${param.Subnets}"]',
            '["${param.Subnets}", subnet-01234567]',
            "VAR007",
            "consumer 'work': 'vpc.subnets[0]' is one text, but parameter 'Subnets' is a list (List<AWS::EC2::Subnet::Id>)",
            "let the parameter be the only item: it stands for all of them",
        ),
        (
            "${param.Size}",
            "${param.Groups}",
            "VAR007",
            "consumer 'work': 'environment.SIZE' is one text, but parameter 'Groups' is a list (CommaDelimitedList)",
            "give the parameter another `type`, such as String",
        ),
        (
            'default: "5"',
            "default: many",
            "VAR005",
            "the default of parameter 'Size' is 'many', and CloudFormation takes none such for the type Number",
            "correct `default` or `type`, or leave `default` out",
        ),
        (
            'default: "sg-01234567,sg-89abcdef"',
            'default: "sg-01234567,sg-0"',
            "VAR005",
            "the default of parameter 'Groups' is not among the values that it may have",
            "allowed are sg-01234567, sg-89abcdef",
        ),
        (
            '{type: "List<AWS::EC2::Subnet::Id>"}',
            '{type: "List<AWS::EC2::Subnet::Id>", default: "subnet-01234567,x"}',
            "VAR005",
            (
                "the default of parameter 'Subnets' is 'subnet-01234567,x', and CloudFormation takes none such for the type "
                "List<AWS::EC2::Subnet::Id>"
            ),
            "correct `default` or `type`, or leave `default` out",
        ),
    ],
)
def test_what_cannot_be_deployed(  # noqa: PLR0913, PLR0917 - a table
    tmp_path: Path, old: str, new: str, code: str, words: str, help_: str
) -> None:
    assert old in TEXT
    topology, (fault,) = loaded(TEXT.replace(old, new), tmp_path)
    assert topology is None
    assert (fault.code, fault.message, fault.help) == (code, words, help_)
