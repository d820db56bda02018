from messages import Tick


def handle_tick(message: Tick) -> None:
    assert message.at
