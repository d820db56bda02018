from messages import ParcelLost
from witness import take


def handle_parcel_lost(message: ParcelLost) -> None:
    take("read-both", message)
