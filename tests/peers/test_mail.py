"""A real IMAP server: what is tried with it stands in tests/channels/test_email_dovecot.py; here, that it is there at all."""

from __future__ import annotations

import pytest

from tests.channels.test_email_dovecot import DOVECOT

pytestmark = pytest.mark.slow


def test_dovecot_is_here() -> None:
    assert DOVECOT is not None, "there is no Dovecot: apt install dovecot-imapd, or leave mail out with EARSHOT_PEERS"
