"""What an operator is told of the mail servers: plain sentences with the fix, no secret, nothing sent and nothing marked."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from channels.base import Finding
from channels.email import EmailDoor
from tests.channels.mail_catcher import PASSWORD as SUBMITS
from tests.channels.mail_catcher import USER as SUBMITTER
from tests.channels.mail_catcher import catcher
from tests.channels.mailbox_server import PASSWORD, USER, Mailbox, mailbox_server
from tests.channels.mails import account, raw

LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}"


def told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{finding.ok} {finding.text} {finding.fix}" for finding in findings)


def checked(box: Mailbox, *, login: str = LOGIN, folder: str = "", **given: object) -> tuple[Finding, ...]:
    return EmailDoor(account(imap_url=f"imap://{login}@127.0.0.1:{box.port}/{folder}", **given)).check()


def test_where_all_is_well_that_is_said_and_nothing_is_sent_or_marked() -> None:
    with mailbox_server() as box, catcher() as caught:
        box.deliver(raw("proven"))
        smtp_url = f"smtp://{quote(SUBMITTER)}:{quote(SUBMITS, safe='')}@127.0.0.1:{caught.port}"
        findings = checked(box, smtp_url=smtp_url, bounce_address="send@earshot.example")

        assert [finding for finding in findings if not finding.ok] == []
        assert "The mailbox can be read." in told(findings)
        assert "lets us in" in told(findings)
        assert (box.seen, caught.caught) == (set(), [])
        assert SUBMITS not in told(findings)


def test_a_login_by_another_name_is_pointed_out() -> None:
    with mailbox_server() as box, catcher() as caught:
        smtp_url = f"smtp://{quote(SUBMITTER)}:{quote(SUBMITS, safe='')}@127.0.0.1:{caught.port}"

        assert "The user in EMAIL_SMTP_URL is not EMAIL_ADDRESS" in told(checked(box, smtp_url=smtp_url))
        assert "The user in EMAIL_IMAP_URL" not in told(checked(box, smtp_url=smtp_url))


@pytest.mark.parametrize(("login", "folder"), [("send:wrong-one", ""), (LOGIN, "Nowhere")])
def test_a_mailbox_that_cannot_be_opened_is_said_with_the_fix_and_without_the_password(login: str, folder: str) -> None:
    with mailbox_server() as box:
        findings = checked(box, login=login, folder=folder)

    assert not findings[0].ok
    assert "EMAIL_IMAP_URL" in findings[0].text
    assert findings[0].fix
    assert "wrong-one" not in told(findings)


def test_a_submission_server_that_does_not_let_us_in_is_said() -> None:
    with mailbox_server() as box, catcher() as caught:
        findings = checked(box, smtp_url=f"smtp://send:wrong-one@127.0.0.1:{caught.port}")

    assert any(not finding.ok and "EMAIL_SMTP_URL" in finding.text for finding in findings)
    assert "wrong-one" not in told(findings)


def test_servers_that_are_away_are_no_exception() -> None:
    with mailbox_server() as box:
        pass
    findings = checked(box, smtp_url=f"smtp://127.0.0.1:{box.port}")

    assert [finding.ok for finding in findings] == [False, False]


def test_without_settings_it_is_said_what_is_missing() -> None:
    findings = EmailDoor(account(authserv_id="")).check()

    assert "EMAIL_IMAP_URL" in told(findings)
    assert "EMAIL_AUTHSERV_ID" in told(findings)
    assert "Set EMAIL_SMTP_URL" in told(findings)


@pytest.mark.parametrize(("setting", "ok"), [("", True), ("mx.other.example", False), ("mx.earshot.example", True)])
def test_the_name_of_our_receiving_host_is_read_off_the_newest_mail(setting: str, ok: bool) -> None:  # noqa: FBT001 - a column of the table
    with mailbox_server() as box:
        box.deliver(raw("text"))
        box.deliver(raw("proven"))
        findings = checked(box, authserv_id=setting)

    about = [finding for finding in findings if "EMAIL_AUTHSERV_ID" in finding.text + finding.fix]
    assert [finding.ok for finding in about] == ([ok] if setting != "mx.earshot.example" else [])
    assert all("EMAIL_AUTHSERV_ID=mx.earshot.example" in finding.fix for finding in about)


def test_a_mailbox_full_of_old_mail_is_pointed_out_before_all_of_it_is_answered() -> None:
    with mailbox_server() as box:
        for _ in range(51):
            box.deliver(raw("text"))

        assert "51 unread mails" in told(checked(box))
        box.seen.add(1)
        assert "unread mails" not in told(checked(box))


def test_connecting_is_explained() -> None:
    with mailbox_server() as box:
        url = f"imap://{LOGIN}@127.0.0.1:{box.port}"

        assert EmailDoor(account(imap_url=url)).connect()[0].ok
        assert "/webhooks/email" in EmailDoor(account()).connect()[0].fix
        assert box.said == []
