"""`earshot key`: a new secret, in the form the settings want."""

from __future__ import annotations

import base64
import secrets

import click


def new_key() -> str:
    """32 random bytes in base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


@click.command()
def key() -> None:
    """Make a new key, for EARSHOT_DATA_KEYS or EARSHOT_SECRET_KEY.

    Put a new data key before the older ones. Keep two copies of the data keys away from this machine: lost keys are
    lost words.
    """
    click.echo(new_key())
