"""What checkov says of the goldens: every check passes, or stands here with the reason why it does not hold.

checkov pins what others need in another version, so it has an environment of its own: `make check` makes that, and runs
`python -m tests.emit.checkov .venv/checkov/bin/checkov`.
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.topologies import EXAMPLES, NAMES

ACCEPTED = {
    "CKV_AWS_18": "A log of who reads a bucket needs a second bucket, which is a decision of the account and not of a topology.",
    "CKV_AWS_21": "The bucket keeps what failed, each under a name of its own that is written once; `versioning` turns it on.",
    "CKV_AWS_27": "Queues without a key of the topology are encrypted by SQS itself; checkov looks for a KMS key alone.",
    "CKV_AWS_73": "A route ends in a channel or a function, and what a function does is traced by its own `tracing`.",
    "CKV_AWS_76": "An access log needs a role that is the account's own setting, one for all its APIs; a stack must not set it.",
    "CKV_AWS_116": "What a function fails on goes to its queue's dead letters, or to the queue of `async`; checkov knows neither.",
    "CKV_AWS_117": "A function needs no network of its own to reach AWS; `vpc` puts one into it where it must reach more.",
    "CKV_AWS_119": "A table without a key of the topology is encrypted with DynamoDB's own key; `encryption` names another.",
    "CKV_AWS_120": "A cached answer would swallow the messages after the first.",
    "CKV_AWS_158": "CloudWatch encrypts every log group; a key would have to let in the logs of each account that reads it.",
    "CKV_AWS_173": "The environment holds names and addresses; a secret in it is a finding, SEC003.",
}
"""The checks that fail, and why that is right; one that does not fail any more must go."""


def judged(report: Any, names: Sequence[str], accepted: Mapping[str, str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """What is wrong with a report of checkov: failures that nobody has accepted, and reasons that nothing needs."""
    parts = report if isinstance(report, list) else [report]
    failed: dict[str, list[str]] = defaultdict(list)
    looked_at: set[str] = set()
    for part in parts:
        if not part.get("results"):
            yield f"checkov looked at nothing: {part}"
            return
        for path in part["results"].get("parsing_errors", ()):
            yield f"checkov cannot read {path}"
        for check in (*part["results"]["passed_checks"], *part["results"]["failed_checks"]):
            looked_at.add(str(Path(check["file_abs_path"])))
        for check in part["results"]["failed_checks"]:
            failed[check["check_id"]].append(f"{check['file_path']}: {check['resource']}: {check['check_name']}")
    for name in names:
        if not any(path.endswith(f"/{name}/expected/template.yaml") for path in looked_at):
            yield f"checkov checked nothing of {name}"
    for check_id in sorted(failed.keys() - accepted.keys()):
        yield from (f"{check_id} fails for {where}" for where in failed[check_id])
    for check_id in sorted(accepted.keys() - failed.keys()):
        yield f"{check_id} fails nowhere any more: take it out of ACCEPTED"


def report_of(checkov: str, templates: Sequence[Path]) -> Any:  # noqa: ANN401 - JSON
    """What checkov says, which asks nobody for more checks."""
    files = [part for path in templates for part in ("--file", str(path))]
    command = [checkov, "--framework", "cloudformation", "--skip-download", "--output", "json", *files]
    with tempfile.TemporaryDirectory() as home:  # where it would look for a configuration of the user's
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": home, "PATH": ""})
    return json.loads(done.stdout)


def main(checkov: str) -> int:
    """Check the goldens; how it ended."""
    report = report_of(checkov, [EXAMPLES / name / "expected" / "template.yaml" for name in NAMES])
    wrong = list(judged(report, NAMES, ACCEPTED))
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
