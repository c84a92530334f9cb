"""Whether the sender is proven: by the Authentication-Results of our own receiving host, and by nothing else.

RFC 8601. From is free text, and so is every such header further down: a sender may write whatever it likes below what
our host has put on top. So of the headers under our host's name only the topmost is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from channels.mail_headers import addresses, normalised, values

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANY_ADDRESS = re.compile(r"[^\s<>\"',;:()]+@[^\s<>\"',;:()]+")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)(?:/\d+)?\s*=\s*([a-z]+)(?:\s|$)(.*)", re.DOTALL)
_PROPERTY = re.compile(r"([a-z]+\.[a-z0-9-]+)\s*=\s*(\S+)")
_PROOFS = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
_DEEPEST_COMMENT = 10


def is_proven(mail: Message, *, authserv_id: str) -> bool:
    """Whether our host found that the domain in From stands behind this mail. Without our host's name nothing is proven."""
    domain = _only_sender(mail).rpartition("@")[2]
    if not authserv_id or not domain:
        return False
    ours = next((rest for name, rest in written(mail) if name == authserv_id.lower()), "")
    results = list(_results(ours))
    if any(method == "dmarc" for method, _, _ in results):
        return any(method == "dmarc" and said == "pass" and _is_about(found, domain) for method, said, found in results)
    return any(
        said == "pass" and any(_stands_for(found[name], domain) for name in _PROOFS[method] if name in found)
        for method, said, found in results
    )


def _only_sender(mail: Message) -> str:
    """The one address in From, whoever reads it; empty where two readers might see two (``ann@a.example <eve@b.example>``)."""
    senders = {normalised(address) for address in addresses(mail, "From")}
    named = {normalised(found) or found for given in values(mail, "From") for found in _ANY_ADDRESS.findall(given)}
    return senders.pop() if len(values(mail, "From")) == 1 and len(senders) == 1 and named == senders else ""


def written(mail: Message) -> Iterator[tuple[str, str]]:
    """Each Authentication-Results from the top down: who wrote it, and what."""
    for given in values(mail, "Authentication-Results"):
        text = _bare(given).lower()
        name, _, rest = text.partition(";")
        yield (name.split() or [""])[0], rest


def _bare(given: str) -> str:
    """Without comments and quoted strings: either may hold a "dmarc=pass" that nobody has found."""
    text = _QUOTED.sub("quoted", given)
    for _ in range(_DEEPEST_COMMENT):
        text, times = _COMMENT.subn(" ", text)
        if not times:
            break
    return "" if "(" in text or ")" in text or '"' in text else text


def _results(rest: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for clause in rest.split(";"):
        if found := _RESULT.fullmatch(clause):
            yield found[1], found[2], dict(_PROPERTY.findall(found[3]))


def _is_about(found: dict[str, str], domain: str) -> bool:
    """Whether a DMARC result is about this domain. One that does not say is about nothing."""
    return found.get("header.from", "").rpartition("@")[2].rstrip(".") == domain


def _stands_for(prover: str, domain: str) -> bool:
    """Whether a domain that was proven is the sender's or one above it."""
    proven = prover.rpartition("@")[2].rstrip(".")
    return proven == domain or ("." in proven and domain.endswith(f".{proven}"))
