"""Makes of what a customer asks for the event that partners subscribe to."""

from messages import DeliveryRequested, InvoicePaid, ParcelShipped
from publish import publish_invoice_paid, publish_parcel_shipped


def handle_delivery_requested(message: DeliveryRequested) -> None:
    """Publish the event; who is called about it the rules of the bus say."""
    told = {"delivery_id": message.delivery_id, "customer_id": message.customer_id, "subject": message.subject}
    if message.event == "invoice.paid":
        publish_invoice_paid(InvoicePaid(**told))
    else:
        publish_parcel_shipped(ParcelShipped(**told))
