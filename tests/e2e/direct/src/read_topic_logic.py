from messages import ParcelSent
from witness import take


def handle_parcel_sent(message: ParcelSent) -> None:
    take("read-topic", message)
