"""Writes a letter as long as it is wanted."""

from messages import Letter, LetterWanted
from publish import publish_letter


def handle_letter_wanted(message: LetterWanted) -> None:
    publish_letter(Letter(id=message.id, text="x" * message.length))
