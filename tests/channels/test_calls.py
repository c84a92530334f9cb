"""One call to a provider: how long a pause it asks for, and whether a call that was lost may have left."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from bot.errors import BadSettings, ChannelMisconfigured, ProviderUnavailable, SendError
from channels.calls import Caller, retry_after

NOON = "Sat, 21 Nov 2026 12:00:00 GMT"


def answer(**headers: str) -> requests.Response:
    response = requests.Response()
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": " 7 "}, 7),
        ({"Retry_After": "9" * 5_000}, 24 * 3600),
        ({"Retry_After": "²"}, None),
        ({"Retry_After": "-7"}, None),
        ({"Retry_After": "Sat, 21 Nov 2026 12:00:30 GMT", "Date": NOON}, 30),
        ({"Retry_After": "Sat, 21 Nov 2026 11:00:00 GMT", "Date": NOON}, 0),
        ({"Retry_After": "Sat, 28 Nov 2026 12:00:00 GMT", "Date": NOON}, 24 * 3600),
        ({"Retry_After": "Sat, 21 Nov 2026 12:00:30 GMT"}, None),
        ({"Retry_After": "soon", "Date": NOON}, None),
    ],
)
def test_a_pause_is_in_seconds_or_until_a_date_and_never_longer_than_a_day(headers: dict[str, str], seconds: int | None) -> None:
    assert retry_after(answer(**headers)) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "https://", "https://[x"])
def test_an_address_that_is_none_is_refused_when_the_caller_is_made(url: str) -> None:
    with pytest.raises(BadSettings, match="META_API_URL is not an address"):
        Caller.at(url, provider="Meta", setting="META_API_URL")


def test_only_for_this_machine_the_proxy_of_the_environment_is_left_aside() -> None:
    own, foreign = (Caller.at(url, provider="Meta", setting="X") for url in ("http://127.0.0.1:9", "https://example.org"))

    assert (own.session.trust_env, foreign.session.trust_env) == (False, True)


@pytest.mark.parametrize(
    ("url", "kind"),
    [("http://127.0.0.1:1/path", ProviderUnavailable), ("http://.example/path", ChannelMisconfigured)],
)
def test_what_never_left_says_so_and_gives_no_address_away(url: str, kind: type[SendError]) -> None:
    caller = Caller.at("http://127.0.0.1:1", provider="Meta", setting="META_API_URL")

    with pytest.raises(kind) as raised:
        caller.call("GET", url, headers={}, params={"user_id": "5100000000000001"})
    assert "5100000000000001" not in f"{raised.value!r}{raised.value.__cause__!r}"
