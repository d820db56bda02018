"""Makes of what a customer asks for the event that partners subscribe to."""

from messages import DeliveryRequested, InvoicePaid, ParcelShipped
from publish import publish_invoice_paid, publish_parcel_shipped


def handle_delivery_requested(message: DeliveryRequested) -> None:
    """Publish the event; who is called about it the rules of the bus say."""
    if message.event == "invoice.paid":
        publish_invoice_paid(InvoicePaid(message.delivery_id, message.customer_id, message.subject))
    else:
        publish_parcel_shipped(ParcelShipped(message.delivery_id, message.customer_id, message.subject))
