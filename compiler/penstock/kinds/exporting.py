"""How components are published to other stacks: by an SSM parameter, or by an export of the stack."""

from penstock.model.component import Component
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Resource
from penstock.plan.values import Value


def publish(component: Component, arn: Value, plan: Plan) -> None:
    """Publish the ARN of a component, if the topology wants that."""
    export = component.export
    if export is None:
        return
    id_ = logical_id(component.name, component.word.capitalize(), "Address")
    text = f"The ARN of {component}"
    if export.stack is not None:
        plan.output(Output(id_, arn, text, export.stack))
    if export.parameter is not None:
        properties: dict[str, Value] = {"Name": export.parameter, "Type": "String", "Value": arn, "Description": text}
        plan.add(Resource(id_, "AWS::SSM::Parameter", properties, component.at("export")))
