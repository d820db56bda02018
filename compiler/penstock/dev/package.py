"""Uploads the local folders that a template points at, as `aws cloudformation package` does.

A path in a function's `Code` or a layer's `Content` is relative to the template's folder. A folder is zipped (the same
bytes for the same files), a file is taken as it is; the object's key is its digest, and the path gives way to it.
"""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from penstock.dev import DevError
from penstock.dev.embedded import EmbeddedAws

US_EAST_1 = "us-east-1"  # the one region that S3 refuses to hear named as a place
LOCAL_PROPERTIES = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
ARCHIVE_DATE = (1980, 1, 1, 0, 0, 0)
READABLE_FILE = 0o644 << 16  # the archive keeps the mode in the upper half


def package(template: dict[str, Any], folder: Path, bucket: str, aws: EmbeddedAws) -> None:
    """Uploads every local artifact of `template` and writes its place in S3 into the template itself.

    The bucket is made for it.
    """
    place = {} if aws.region == US_EAST_1 else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    aws.call("s3", "create_bucket", Bucket=bucket, **place)
    for name, resource in template.get("Resources", {}).items():
        member = LOCAL_PROPERTIES.get(resource.get("Type", ""))
        properties = resource.get("Properties", {})
        if member is None or not isinstance(properties.get(member), str):
            continue
        content = _artifact(folder / properties[member], f"{name}.{member}")
        key = hashlib.sha256(content).hexdigest()
        aws.call("s3", "put_object", Bucket=bucket, Key=key, Body=content)
        properties[member] = {"S3Bucket": bucket, "S3Key": key}


def _artifact(path: Path, owner: str) -> bytes:
    """The bytes to upload for a path; a path that is not there is the user's fault and named with its resource."""
    if path.is_dir():
        return folder_archive(path)
    if path.is_file():
        return path.read_bytes()
    raise DevError(f"{owner} points at {path}, which does not exist")


def folder_archive(folder: Path) -> bytes:
    """A folder as a zip without compiled bytecode; names sorted and dates fixed."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                member = zipfile.ZipInfo(file.relative_to(folder).as_posix(), ARCHIVE_DATE)
                member.external_attr = READABLE_FILE
                target.writestr(member, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()
