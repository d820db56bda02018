"""The option ``--env``."""

import click

environment_option = click.option(
    "--env",
    "environment",
    metavar="NAME",
    help="The environment of the topology; without it what is the same in all of them.",
)
"""Which of a topology's environments a command means."""
