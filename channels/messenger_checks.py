"""Is the page ready? What Meta says of the token, the subscription and the webhook, in plain sentences with the fix.

https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.errors import ChannelMisconfigured, Rejected, SendError
from channels.base import Finding
from channels.loose_json import Json, inner, plain, rows
from channels.messenger_api import GraphApi, MetaPage
from channels.messenger_events import GET_STARTED

FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "messaging_referrals",
    "messaging_handovers",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "message_edits",
    "standby",
    "feed",
)
"""What the page is to tell us of: each is read in ``messenger_events`` or ``page_comments``."""

_SITE = "https://developers.facebook.com/apps"
_CONNECT = "Run: earshot channels connect messenger"


@dataclass(frozen=True, slots=True)
class _Probe:
    """A call that is answered only to who holds a permission, and what is lost without it."""

    permission: str
    path: str
    loss: str
    params: Mapping[str, str] = field(default_factory=dict)


PROBES = (
    _Probe("pages_messaging", "me/messenger_profile", "no message can be answered", {"fields": "get_started"}),
    _Probe("pages_manage_metadata", "{page}/subscribed_apps", "nothing is told to Earshot"),
    _Probe("pages_read_engagement", "{page}/feed", "no comment is seen", {"fields": "id", "limit": "1"}),
)


def check_page(page: MetaPage, api: GraphApi) -> tuple[Finding, ...]:
    """Asks and changes nothing. Never raises."""
    return tuple(_findings(lambda: _checked(page, api)))


def connect_page(page: MetaPage, api: GraphApi, *, webhook: str) -> tuple[Finding, ...]:
    """Subscribes the page to what we read, sets the first button, and the webhook where the app's number is known."""
    done = [
        lambda: _subscribed(page, api),
        lambda: _with_first_button(api),
        lambda: _with_webhook(page, api, webhook),
    ]
    return tuple(finding for step in done for finding in _findings(step))


def _findings(step: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a step finds; where a call fails, that is what was found."""
    try:
        yield from step()
    except ChannelMisconfigured as error:
        yield Finding(
            ok=False, text=str(error), fix=f"Make a new page token at {_SITE}, under Messenger, and set META_PAGE_TOKEN."
        )
    except SendError as error:
        yield Finding(ok=False, text=str(error), fix="Try again in a few minutes.")


def _checked(page: MetaPage, api: GraphApi) -> Iterator[Finding]:
    me = api.get("me", fields="id,name")
    if plain(me, "id") != page.page_id:
        yield Finding(
            ok=False,
            text="META_PAGE_TOKEN is valid, but not for the page META_PAGE_ID.",
            fix="Make a token for that page, or set META_PAGE_ID to the page of this token.",
        )
        return
    yield Finding(ok=True, text=f"The page token is valid, for the page “{plain(me, 'name')}”.")
    answers: dict[str, Json] = {}
    for probe in PROBES:
        yield _probed(probe, page, api, answers)
    if (subscribed := answers.get("pages_manage_metadata")) is not None:
        yield _about_subscription(page, subscribed)
    if (profile := answers.get("pages_messaging")) is not None:
        yield _about_first_button(profile)
    yield _about_app(page)


def _probed(probe: _Probe, page: MetaPage, api: GraphApi, answers: dict[str, Json]) -> Finding:
    try:
        answers[probe.permission] = api.get(probe.path.format(page=page.page_id), **probe.params)
    except (ChannelMisconfigured, Rejected) as error:
        return Finding(
            ok=False,
            text=f"The permission {probe.permission} is missing, so {probe.loss} ({error.code}).",
            fix=f"Add {probe.permission} to the app at {_SITE}, make a new page token and set META_PAGE_TOKEN.",
        )
    except SendError as error:
        return Finding(ok=False, text=f"Whether {probe.permission} is there could not be asked: {error}", fix="Try again.")
    return Finding(ok=True, text=f"The permission {probe.permission} is there.")


def _about_subscription(page: MetaPage, answer: Json) -> Finding:
    apps = rows(answer, "data")
    mine = [app for app in apps if plain(app, "id") == page.app_id] if page.app_id else apps
    listed = [names for app in mine if isinstance(names := app.get("subscribed_fields"), list)]
    subscribed = {name for names in listed for name in names if isinstance(name, str)}
    missing = [name for name in FIELDS if name not in subscribed]
    if not mine:
        return Finding(ok=False, text="The page tells this app nothing: it is not subscribed.", fix=_CONNECT)
    if missing:
        return Finding(ok=False, text=f"The page does not tell this app of: {', '.join(missing)}.", fix=_CONNECT)
    return Finding(ok=True, text="The page tells this app of everything that Earshot reads.")


def _about_first_button(profile: Json) -> Finding:
    payloads = [plain(inner(row, "get_started"), "payload") for row in rows(profile, "data")]
    if GET_STARTED in payloads:
        return Finding(ok=True, text="The Get Started button is ours.")
    return Finding(ok=False, text="The Get Started button is not set, so nobody is welcomed by it.", fix=_CONNECT)


def _about_app(page: MetaPage) -> Finding:
    if page.app_id:
        return Finding(ok=True, text="META_APP_ID is set: the bot tells its own messages from those of people at the page.")
    return Finding(
        ok=True,
        text="META_APP_ID is not set: the bot still knows its own messages, by a mark, but cannot set the webhook itself.",
    )


def _subscribed(page: MetaPage, api: GraphApi) -> Iterator[Finding]:
    api.post(f"{page.page_id}/subscribed_apps", {"subscribed_fields": ",".join(FIELDS)})
    yield Finding(ok=True, text="The page now tells this app of everything that Earshot reads.")


def _with_first_button(api: GraphApi) -> Iterator[Finding]:
    api.post("me/messenger_profile", {"get_started": {"payload": GET_STARTED}})
    yield Finding(ok=True, text="The Get Started button is set.")


def _with_webhook(page: MetaPage, api: GraphApi, webhook: str) -> Iterator[Finding]:
    """Meta asks the address at once whether it is ours, so Earshot must be running there."""
    by_hand = f"At {_SITE}, under Webhooks, object Page, set the callback URL {webhook} and the word in META_VERIFY_TOKEN."
    if not page.app_id:
        yield Finding(
            ok=False, text="The webhook was not set, for META_APP_ID is not known.", fix=f"Set META_APP_ID. Or: {by_hand}"
        )
        return
    try:
        api.as_app(
            f"{page.app_id}/subscriptions",
            {"object": "page", "callback_url": webhook, "verify_token": page.verify_token, "fields": ",".join(FIELDS)},
        )
    except SendError as error:
        yield Finding(
            ok=False, text=f"The webhook was not set. {error}", fix=f"See that Earshot runs at that address. Or: {by_hand}"
        )
        return
    yield Finding(ok=True, text=f"The webhook is set to {webhook}.")
