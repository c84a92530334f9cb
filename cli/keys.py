"""`earshot key`: a new secret, in the form the settings want."""

from __future__ import annotations

import click

from storage.keys import new_key


@click.command()
def key() -> None:
    """Make a new key, for EARSHOT_DATA_KEYS or EARSHOT_SECRET_KEY.

    Put a new data key before the older ones. Keep two copies of the data keys away from this machine: lost keys are
    lost words.
    """
    click.echo(new_key())
