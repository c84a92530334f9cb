"""What an operator is told of the page, and what ``connect`` sets up, against the stand-in."""

from __future__ import annotations

import logging

import pytest

from channels.base import Finding
from channels.messenger import Messenger
from channels.messenger_checks import FIELDS
from tests.channels.graph_stand_in import Graph, Trouble, refused
from tests.channels.messenger_payloads import APP_SECRET, PAGE_TOKEN, PUBLIC_URL, VERIFY_TOKEN, page


def wrong(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


def test_where_all_is_well_each_sentence_says_so(messenger: Messenger) -> None:
    findings = messenger.check()

    assert wrong(findings) == []
    assert "Example Council SEND" in findings[0].text
    assert len(findings) == 7


def test_asking_changes_nothing(graph: Graph, messenger: Messenger) -> None:
    messenger.check()

    assert {call.method for call in graph.calls} == {"GET"}


def test_a_dead_token_is_said_with_what_to_do(graph: Graph) -> None:
    (finding,) = Messenger(page(api_url=graph.url, token="dead")).check()

    assert not finding.ok
    assert "META_PAGE_TOKEN" in finding.fix


def test_a_token_of_another_page_is_said_to_be_one(graph: Graph, messenger: Messenger) -> None:
    graph.page_of_token = "999"

    (finding,) = messenger.check()

    assert not finding.ok
    assert "META_PAGE_ID" in finding.text


@pytest.mark.parametrize(
    ("call", "permission"),
    [
        ("GET me/messenger_profile", "pages_messaging"),
        ("GET page/subscribed_apps", "pages_manage_metadata"),
        ("GET page/feed", "pages_read_engagement"),
    ],
)
def test_a_missing_permission_is_named_with_what_is_lost(graph: Graph, messenger: Messenger, call: str, permission: str) -> None:
    graph.denied.add(call)

    (finding,) = wrong(messenger.check())

    assert permission in finding.text
    assert permission in finding.fix


def test_fields_that_are_not_told_are_listed(graph: Graph, messenger: Messenger) -> None:
    graph.subscribed = {*FIELDS} - {"message_echoes", "feed"}

    (finding,) = wrong(messenger.check())

    assert "message_echoes, feed" in finding.text
    assert "connect" in finding.fix


def test_a_page_that_tells_us_nothing_is_said_to_do_so(graph: Graph, messenger: Messenger) -> None:
    graph.subscribed = None

    (finding,) = wrong(messenger.check())

    assert "not subscribed" in finding.text


def test_a_first_button_of_somebody_elses_is_said(graph: Graph, messenger: Messenger) -> None:
    graph.first_button = "WELCOME_FLOW"

    (finding,) = wrong(messenger.check())

    assert "Get Started" in finding.text


@pytest.mark.parametrize("trouble", [Trouble(drop=True), Trouble(status=500), Trouble(body="<"), refused(4), refused(190)])
def test_whatever_meta_answers_it_is_said_and_nothing_is_raised_or_given_away(
    graph: Graph, messenger: Messenger, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for calls in range(4):
        graph.fail_next(*[trouble] * calls)
        findings = (*messenger.check(), *messenger.connect())

        assert bool(wrong(findings)) == bool(calls)
        shown = f"{findings!r}{caplog.text}"
        assert not any(secret in shown for secret in (PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN))
        graph.troubles.clear()


def test_connecting_subscribes_to_what_is_read_and_sets_button_and_webhook(graph: Graph, messenger: Messenger) -> None:
    graph.subscribed, graph.first_button = set(), ""

    findings = messenger.connect()

    assert wrong(findings) == []
    assert graph.subscribed == {*FIELDS}
    assert graph.first_button == "get_started"
    assert graph.webhook == f"{PUBLIC_URL}/webhooks/messenger"
    assert wrong(messenger.check()) == []


def test_without_the_apps_number_the_webhook_is_set_by_hand_and_it_is_said_where(graph: Graph) -> None:
    (finding,) = wrong(Messenger(page(api_url=graph.url, app_id="")).connect())

    assert f"{PUBLIC_URL}/webhooks/messenger" in finding.fix
    assert "META_APP_ID" in finding.fix
    assert graph.webhook is None


def test_a_webhook_that_meta_cannot_reach_is_said_and_the_rest_is_done(graph: Graph) -> None:
    messenger = Messenger(page(api_url=graph.url, public_url="http://localhost:8000"))

    (finding,) = wrong(messenger.connect())

    assert "Callback verification failed" in finding.text
    assert graph.subscribed == {*FIELDS}


def test_a_page_of_which_the_apps_number_is_not_known_is_checked_all_the_same(graph: Graph) -> None:
    assert wrong(Messenger(page(api_url=graph.url, app_id="")).check()) == []
