"""`earshot doctor` on the council's accounts, against a real provider on the loopback: what is wrong is said with its fix."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cli.doctor_council import council_findings
from settings import Settings
from tests.staff.provider import Provider, provider


@pytest.fixture(scope="module")
def council() -> Iterator[Provider]:
    with provider() as found:
        yield found


def faults(
    issuer: str, *, public_url: str = "http://127.0.0.1:8000", online: bool = True, now: datetime | None = None
) -> list[str]:
    settings = Settings.read(
        oidc_issuer=issuer, oidc_client_id="earshot", oidc_client_secret="x", oidc_roles="A=viewer", public_url=public_url
    )
    return [says for kind, says in council_findings(settings, online=online, now=now) if kind == "fault"]


def test_nothing_is_said_where_the_councils_accounts_are_not_used() -> None:
    assert list(council_findings(Settings.read(), online=True)) == []


def test_a_provider_that_works_is_looked_at_whole(council: Provider) -> None:
    assert faults(council.base) == []


def test_nobody_is_asked_unless_that_is_wanted() -> None:
    assert faults("http://127.0.0.1:9", online=False) == []


def test_a_provider_that_is_away_is_named_with_its_address() -> None:
    (fault,) = faults("http://127.0.0.1:9/tenant")

    assert "http://127.0.0.1:9/tenant/.well-known/openid-configuration" in fault


def test_a_page_that_is_no_provider_is_not_taken_for_one(council: Provider) -> None:
    (fault,) = faults(f"{council.base}/nothing")

    assert "answers 404" in fault


def test_another_issuer_than_the_settings_name_is_told_as_both(council: Provider) -> None:
    council.issuer = "https://login.example/other"
    try:
        (fault,) = faults(council.base)
    finally:
        council.issuer = ""

    assert "https://login.example/other" in fault
    assert council.base in fault


def test_a_clock_that_is_off_is_a_fault_with_how_far(council: Provider) -> None:
    (fault,) = faults(council.base, now=datetime.now(UTC) + timedelta(minutes=7))

    assert "7 minutes apart" in fault


def test_a_redirect_address_that_no_provider_takes_is_a_fault(council: Provider) -> None:
    (fault,) = faults(council.base, public_url="http://feedback.example")

    assert "http://feedback.example/staff/council/back" in fault
