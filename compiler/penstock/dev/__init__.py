"""Runs a compiled topology on an embedded AWS and follows messages through it.

Nothing here reaches the network or an AWS account: ministack (an AWS emulator) runs as a child process on the loopback
interface, and everything it writes goes into one temporary folder that disappears with it.
"""


class DevError(Exception):
    """What kept `penstock dev` from doing its work, in words for the person who started it."""
