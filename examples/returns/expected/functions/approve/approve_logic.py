"""Says whether goods may come back."""

from messages import ReturnApproved, ReturnRefused, ReturnRequested
from publish import publish_return_approved, publish_return_refused


def handle_return_requested(message: ReturnRequested) -> None:
    """Approve everything that did not only displease."""
    known = {"return_id": message.return_id, "order_id": message.order_id, "article": message.article}
    if message.reason == "changed-mind":
        publish_return_refused(ReturnRefused(**known))
    else:
        publish_return_approved(ReturnApproved(**known))
