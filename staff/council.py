"""The way in with the council's own account, as the site sees it; what speaks to the provider is ``staff.oidc``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask.typing import ResponseReturnValue

from bot.council import CouncilDoor


class Provider(Protocol):
    def send_away(self, back: str) -> ResponseReturnValue:
        """To the provider's page. Raises ``ProviderAway``."""
        ...

    def is_begun(self) -> bool:
        """Whether this request answers what this very browser was sent away with."""
        ...

    def claims(self) -> Mapping[str, Any]:
        """Of who comes back with this request. Raises ``NotGenuine`` or ``ProviderAway``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilAccounts:
    """``back`` is the whole address to which the provider sends people back. ``only_local``: the one account whose password
    still opens the door; empty where all do.
    """

    provider: Provider
    door: CouncilDoor
    back: str
    only_local: str = ""
