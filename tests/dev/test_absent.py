"""Functions whose code is not on this machine."""

from typing import Any

from penstock.dev.absent import stand_in

WHY = "it reads nothing, and whatever invokes it fails"


def function(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def mapping(of: str) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": of}}}


def test_an_image_and_an_object_of_a_bucket_do_not_run() -> None:
    image = function(PackageType="Image", Code={"ImageUri": "a:1"}, MemorySize=128)
    bucket = function(Runtime="python3.12", Handler="a.b", Layers=["x"], Code={"S3Bucket": "b", "S3Key": "k"})
    alias = {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Image"}}}
    resources = {"Image": image, "Bucket": bucket, "Live": alias, "One": mapping("Live"), "Two": mapping("Bucket")}
    assert [(change.logical_id, change.what) for change in stand_in({"Resources": resources})] == [
        ("Image", f"does not run, because its code is a container image: {WHY}"),
        ("Bucket", f"does not run, because its code is in a bucket: {WHY}"),
    ]
    assert set(image["Properties"]) == {"Runtime", "Handler", "Code", "MemorySize"}
    assert set(bucket["Properties"]) == {"Runtime", "Handler", "Code"}
    assert "Image cannot run here: its code is a container image" in image["Properties"]["Code"]["ZipFile"]
    assert not resources["One"]["Properties"]["Enabled"]
    assert not resources["Two"]["Properties"]["Enabled"]


def test_code_that_is_here_runs() -> None:
    resources = {"Here": function(Code="functions/here"), "One": mapping("Here")}
    assert list(stand_in({"Resources": resources})) == []
    assert "Enabled" not in resources["One"]["Properties"]
