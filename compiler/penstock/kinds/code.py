"""Code of a function that the team builds by itself: where it is, and what the template says of it."""

import posixpath

from penstock.model.entry import Entry
from penstock.plan.plan import Plan
from penstock.plan.resource import PACKAGED
from penstock.plan.values import Value
from penstock.records import NamedTuple

IMAGE_HAS_ITS_OWN = ("runtime", "handler", "layers")
"""What an image brings itself; Lambda refuses a function that has both.

https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
"""


class Code(NamedTuple):
    """Where code is: a ``path`` from the topology's folder, an object of S3 (``bucket`` and ``key``), or an ``image``."""

    path: str | None = None
    bucket: str | None = None
    key: str | None = None
    version: str | None = None
    image: str | None = None


def read_code(entry: Entry) -> Code | None:
    """The key ``code``."""
    said = entry.data.get("code")
    if isinstance(said, str):
        return Code(path=said)
    return Code(**said) if said else None


def read_runtime(entry: Entry) -> str:
    """The key ``runtime``; it has no default beside an image, which brings its own."""
    code = read_code(entry)
    if code and code.image is not None and not entry.states("runtime"):
        return ""
    return entry.text("runtime") or ""


def code_properties(code: Code, runtime: str, handler: str | None, plan: Plan) -> dict[str, Value]:
    """What CloudFormation calls the code, and how to start it. A local path is as it is seen from the template."""
    if code.image is not None:
        return {"PackageType": "Image", "Code": {"ImageUri": code.image}}
    where: Value = {"S3Bucket": code.bucket, "S3Key": code.key}
    if code.version is not None:
        where["S3ObjectVersion"] = code.version
    if code.path is not None:
        plan.metadata |= PACKAGED
        where = posixpath.normpath(posixpath.join(plan.sources, code.path))
    return {"Runtime": runtime, "Handler": handler, "Code": where}
