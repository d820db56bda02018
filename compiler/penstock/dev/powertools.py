"""Answers the compiled template's question for the Powertools layer.

Powertools for AWS Lambda (Python) publishes the ARN of its layer as the public SSM parameter
`/aws/service/powertools/python/<arm64|x86_64>/<python3.N>/<version|latest>`
(https://docs.aws.amazon.com/powertools/python/latest/getting-started/install/), and a template takes it with a
parameter of type `AWS::SSM::Parameter::Value<String>`. Names that begin with /aws are AWS's own, and the emulator
refuses them as AWS does, so an ARN is put under another name and that name is handed to the stack.

The layer is all but empty: handlers run with the very Python that runs penstock, which has Powertools installed. A copy
in the layer would be unpacked and compiled anew for every function.
"""

import io
import zipfile
from typing import Any

from penstock.dev.embedded import EmbeddedAws

PUBLIC_PREFIX = "/aws/service/powertools/python/"
LOCAL_NAME = "/penstock/powertools/python"


def powertools_parameters(template: dict[str, Any], aws: EmbeddedAws) -> dict[str, str]:
    """The stack parameters that point at the layer; publishes it only when the template asks for it."""
    wanting = [
        name
        for name, parameter in template.get("Parameters", {}).items()
        if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::Value<")
        and str(parameter.get("Default", "")).startswith(PUBLIC_PREFIX)
    ]
    if not wanting:
        return {}
    layer = aws.call("lambda", "publish_layer_version", LayerName="powertools", Content={"ZipFile": _archive()})
    arn = str(layer["LayerVersionArn"])
    aws.call("ssm", "put_parameter", Name=LOCAL_NAME, Value=arn, Type="String", Overwrite=True)
    return dict.fromkeys(wanting, LOCAL_NAME)


def _archive() -> bytes:
    """A layer with nothing but a note in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as layer:
        layer.writestr("python/POWERTOOLS.txt", "Powertools is installed in the Python that runs the handlers.\n")
    return archive.getvalue()
