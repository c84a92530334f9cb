"""Our own Message-IDs: each carries the id of the message it is and a signature, so that answers lead back and none is forged."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from uuid import UUID

_OURS = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})@")


def message_id(outbound: UUID, *, keys: Sequence[bytes], domain: str) -> str:
    """As ``<0e9f….5c1d…@example.org>``: the same for each try, so that a mail sent twice is one to whoever gets it."""
    return f"<{outbound.hex}.{_signature(outbound, keys[0])}@{domain}>"


def ours_in(text: str, *, keys: Sequence[bytes]) -> Iterator[UUID]:
    """The messages of ours whose Message-IDs stand in this text, in order. One that we did not sign is none of ours."""
    for found in _OURS.finditer(text.lower()):  # some servers change the case
        outbound = UUID(hex=found[1])
        if any(hmac.compare_digest(_signature(outbound, key), found[2]) for key in keys):
            yield outbound


def _signature(outbound: UUID, key: bytes) -> str:
    return hmac.new(key, b"earshot mail " + outbound.bytes, hashlib.sha256).hexdigest()[:32]
