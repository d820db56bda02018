from messages import ParcelLost, ParcelSent
from witness import note


def handle_parcel_sent(message: ParcelSent) -> None:
    note("undertaker", f"buried {message.parcel_id}")


def handle_parcel_lost(message: ParcelLost) -> None:
    note("undertaker", f"buried {message.parcel_id}")
