"""What one family told that is with safeguarding now, tried on every page and every form there is, by who may not see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

import app
from bot.media import FileKind, KeptFile, MediaState, Settled
from bot.model import Address, InboundMessage, Location
from bot.records import StaffMember
from staff.desk import EXTENSION
from staff.gates import EVERYBODY, ROWS
from staff.passwords import Passwords
from storage.media import SqlMediaQueue
from storage.tables import (
    METADATA,
    action,
    action_link,
    action_request,
    alert,
    campaign_answer,
    campaign_response,
    experience,
    inbound_message,
    job,
    letter,
    matter,
    matter_told,
    media,
    milestone,
    outbound_message,
    passage,
    passed_on,
    recipient,
    saved_reply,
    staff,
    task,
)
from tests.staff.page import Browser
from tests.test_erased_everywhere import ENDS, PICTURE, SMS, WORD, Home

PASSWORD = "correct horse battery"
TEAM = {
    "val": "viewer",
    "jo": "reviewer",
    "pia": "publisher",
    "ruth": "safeguarding",
    "ada": "admin",
    "pat": "partner",
}
INSIDE = ("ruth",)
OUTSIDE = ("val", "jo", "pia")
"""Who reads, and not this."""
NOWHERE = (*OUTSIDE, "ada", "pat")
"""And who reads nothing, or what is cleared for them."""
DANGER = f"His father hits him with a belt, he has bruises, {WORD}"
EARLIER = "trampolining"
"""What they told in a talk of long ago, which is nobody's secret."""


class Office:
    """The whole of Earshot with a team; one family's talk went from a call-back to danger."""

    def __init__(self, home: Home) -> None:
        self.home = home
        passwords = Passwords(memory_kib=8, passes=1)
        with home.earshot.store.transaction() as tx:
            for username, role in TEAM.items():
                member = StaffMember(
                    id=uuid4(), name=username.title(), username=username, role=role, password_hash=passwords.hash(PASSWORD)
                )
                tx.add_staff(member, home.clock.at)
        self.site: Flask = app.create_app(home.earshot)
        self.site.extensions[EXTENSION] = replace(self.site.extensions[EXTENSION], passwords=passwords)

    def by(self, username: str) -> Browser:
        browser = Browser(self.site.test_client())
        browser.sign_in(username)
        return browser

    def rows(self, table: Any) -> list[Any]:
        with self.home.earshot.database.reading() as connection:
            return list(connection.execute(select(table)).all())

    @property
    def reference(self) -> str:
        """What is with safeguarding; it was told last."""
        return str(max(self.rows(experience), key=lambda row: row.opened_at).reference)

    @property
    def earlier(self) -> str:
        return str(min(self.rows(experience), key=lambda row: row.opened_at).reference).replace(" ", "-")

    def signs(self) -> list[str]:
        """What gives the family away: their words, the name of what they told, its number, the ids of all that hangs on it."""
        tables = (experience, task, alert, letter, media, milestone, passed_on)
        earlier = min(self.rows(experience), key=lambda row: row.opened_at).id
        ids = [str(row.id) for table in tables for row in self.rows(table) if row.id != earlier]
        return [WORD, ENDS, self.reference, self.reference.replace(" ", "-"), *ids]

    def state(self) -> dict[str, list[Any]]:
        """Everything that is kept, but who came in at the door."""
        door = {"staff", "staff_session", "sign_in_try", "channel_log"}
        return {table.name: self.rows(table) for table in METADATA.sorted_tables if table.name not in door}

    def addresses(self, method: str, **known: list[str]) -> Iterator[str]:
        """Every address of the team's site, made from this family's ids where it names one, and from those ``known`` beside."""
        of = {
            "reference": [self.reference.replace(" ", "-")],
            "other": [self.reference.replace(" ", "-")],
            "alert_id": self.ids(alert),
            "task_id": self.ids(task),
            "letter_id": self.ids(letter),
            "saved_id": [str(row.reply_id) for row in self.rows(saved_reply)],
            "milestone_id": self.ids(milestone),
            "passing_id": self.ids(passed_on),
            "matter_id": [str(uuid4())],
            "file_id": self.ids(media),
            "job_id": self.ids(job),
            "passage_id": self.ids(passage),
            "link_id": [str(uuid4())],
            "comment_id": [str(uuid4())],
            "entry_id": [str(uuid4())],
            "code": ["strategy"],
            "kind": ["experience"],
            "number": ["1"],
            "locale": ["en"],
            "key": ["thanks"],
            "anything": ["nowhere"],
            "action_id": self.ids(action),
            "request_id": self.ids(action_request),
            **known,
        }
        adapter = self.site.url_map.bind("localhost")
        for rule in self.site.url_map.iter_rules():
            if not rule.endpoint.startswith("staff.") or rule.endpoint == "staff.static" or method not in (rule.methods or ()):
                continue
            tries: list[dict[str, object]] = [{}]
            for name in sorted(rule.arguments):
                tries = [{**named, name: _typed(value)} for named in tries for value in of.get(name, [str(uuid4())])]
            for values in tries:
                yield adapter.build(rule.endpoint, values, method=method)

    def ids(self, table: Any) -> list[str]:
        return [str(row.id) for row in self.rows(table)]


def _typed(value: str) -> object:
    if value.isdecimal():
        return int(value)
    return UUID(value) if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) else value


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("office")
        home = Home(folder, f"sqlite:///{folder / 'earshot.db'}", patch)
        office = Office(home)
        patch.setattr("storage.matters.FEWEST", 1)
        _tell(office)
        yield office
        home.earshot.wake.close()
        home.earshot.database.close()


def _tell(office: Office) -> None:
    home = office.home
    home.says(f"{EARLIER} club is the best thing that happened to us")
    home.clock.at += timedelta(days=120)
    home.says(f"The {WORD} taxi never came to Yeovil again", media=(PICTURE,), location=Location(latitude=50.9, longitude=-2.6))
    home.says("call me")
    _keep_the_picture(home)
    reference = office.reference.replace(" ", "-")
    ruth = office.by("ruth")
    ruth.open(f"/staff/experiences/{reference}")
    ruth.press("/milestones", {"kind": "talked_about"})
    ruth.open(f"/staff/experiences/{reference}/translate")
    ruth.press("/translate", {"text": f"{WORD} in English"})
    _answer_a_campaign(home)
    _link_to_an_action(office)
    home.says(DANGER)
    ruth.open(f"/staff/experiences/{reference}/write")
    ruth.press("/take")
    ruth.press("/write", {"words": f"{WORD}: thank you for what you wrote."})
    ruth.press("/send")
    ruth.open("/staff/saved-replies/new")
    ruth.press("/new", {"title": "Thanks", "text": "Thank you for telling us about [what]."})
    _find_a_matter(home)
    _pass_it_on(home)
    _exports(office, ruth)


def _exports(office: Office, browser: Browser) -> str:
    """A file of all that who asks may see, made by the worker and fetched."""
    browser.open("/staff/export?show=everything")
    browser.press("/export", {"format": "jsonl"})
    office.home.work()
    newest = next(address for name, address in browser.open("/staff/work").links() if name.startswith("Export:"))
    page = browser.open(newest)
    token = page.find("input", name="csrf_token").get("value")
    return _said(browser.client.post(f"{newest}/file", data={"csrf_token": token}))


def _pass_it_on(home: Home) -> None:
    """As if it had been passed on before it was with safeguarding."""
    with home.earshot.database.writing() as connection:
        told = max(connection.execute(select(experience)).all(), key=lambda row: row.opened_at)
        whose = connection.execute(select(staff.c.id).where(staff.c.username == "jo")).scalar_one()
        team = {"id": uuid4(), "name": "A team", "email": "team@council.example", "added_at": home.clock.at, "added_by": whose}
        connection.execute(insert(recipient), team)
        new = {"id": uuid4(), "kind": "request", "experience_id": told.id, "recipient_id": team["id"], "staff_id": whose}
        mail = {"outbound_id": uuid4(), "answer_to": "01935 000000", "at": home.clock.at, "telling": "no"}
        connection.execute(insert(passed_on), new | mail)


def _find_a_matter(home: Home) -> None:
    """As if the worker had found one in all they told, before it was with safeguarding."""
    of = uuid4()
    with home.earshot.database.writing() as connection:
        connection.execute(insert(matter), {"id": of, "terms": ["club"], "found_at": home.clock.at})
        told = connection.execute(select(passage.c.id)).scalars().all()
        connection.execute(insert(matter_told), [{"matter_id": of, "passage_id": each} for each in told])


def _answer_a_campaign(home: Home) -> None:
    of = uuid4()
    with home.earshot.database.writing() as connection:
        told = connection.execute(
            select(inbound_message).where(inbound_message.c.is_story).order_by(inbound_message.c.seq.desc())
        ).first()
        assert told is not None
        answers = {"id": of, "campaign": "strategy", "contact_id": told.contact_id, "channel": "sms", "locale": "en"}
        connection.execute(insert(campaign_response), {**answers, "began_at": home.clock.at, "invited": True})
        said = {"response_id": of, "question": "thing", "inbound_seq": told.seq, "at": home.clock.at, "late": False}
        connection.execute(insert(campaign_answer), said)


def _link_to_an_action(office: Office) -> None:
    """All they told, and some of it word for word, before it was with safeguarding; the action is public, and somebody
    asks to have them told.
    """
    ruth, pia = office.by("ruth"), office.by("pia")
    ruth.open("/staff/actions/new")
    ruth.press("/staff/actions", {"title": "Taxis in Yeovil", "said": "They come late.", "did": "They are texted."})
    (made,) = office.ids(action)
    for reference in (office.reference, office.earlier):
        ruth.open(f"/staff/experiences/{reference.replace(' ', '-')}")
        ruth.press("/actions", {"action": made})
    pia.open(f"/staff/actions/{made}")
    pia.press("/publish")
    ruth.open(f"/staff/actions/{made}")
    ruth.press("/ask", {"word": "Their taxi comes on time now."})
    with office.home.earshot.database.writing() as connection:
        theirs = select(passage.c.id).where(passage.c.experience_id == action_link.c.experience_id).limit(1)
        connection.execute(update(action_link).values(quoted=theirs.scalar_subquery()))


def _keep_the_picture(home: Home) -> None:
    queue = SqlMediaQueue(home.earshot.database, home.earshot.sealer)
    home.clock.at += timedelta(days=3)
    claim = queue.claim(worker="t:1", now=home.clock.at, lease=timedelta(minutes=1))
    assert claim is not None
    blob = home.earshot.media.blobs.put(WORD.encode())
    kept = KeptFile(blob=blob, kind=FileKind.PHOTO, content_type="image/jpeg", size=9, traces=False)
    with home.earshot.store.transaction() as tx:
        tx.settle_media(claim, Settled(state=MediaState.KEPT, kept=kept))


def _said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("who", INSIDE)
def test_who_is_inside_the_wall_sees_it_on_many_pages(office: Office, who: str) -> None:
    browser, signs = office.by(who), office.signs()
    pages = {address: _said(browser.client.get(address)) for address in office.addresses("GET")}

    assert sum(any(sign in said.replace(address, "") for sign in signs) for address, said in pages.items()) >= 8
    assert WORD in pages["/staff/campaigns/strategy"]


@pytest.mark.parametrize("who", NOWHERE)
def test_no_page_shows_anything_of_it_to_who_is_outside_the_wall(office: Office, who: str) -> None:
    browser, signs = office.by(who), office.signs()
    shown = {}
    for address in office.addresses("GET"):
        answer = browser.client.get(address)
        said = _said(answer)
        for sign in signs:
            said = said if sign not in address else said.replace(sign, "")  # what they typed themselves
        found = [sign for sign in signs if sign in said]
        if found or answer.status_code >= 500:
            shown[address] = answer.status_code, found
    assert shown == {}


@pytest.mark.parametrize("who", NOWHERE)
def test_no_form_changes_anything_of_it_for_who_is_outside_the_wall(office: Office, who: str) -> None:
    browser = office.by(who)
    page = browser.open("/staff/account")
    token = page.find("input", name="csrf_token").get("value")
    of_them = [address for address in office.addresses("POST") if any(sign in address for sign in office.signs())]
    before = office.state()
    answers = {
        address: browser.client.post(
            address,
            data={
                "csrf_token": token,
                "why": "x",
                "words": "x",
                "text": "x",
                "id": str(uuid4()),
                "seq": "1",
                "after": "0",
                "to": str(uuid4()),
            },
        ).status_code
        for address in of_them
    }

    assert len(of_them) > 25
    assert {address: status for address, status in answers.items() if status not in (403, 404)} == {}
    assert office.state() == before


@pytest.mark.parametrize("who", OUTSIDE)
def test_what_they_told_long_ago_is_read_as_ever_and_says_nothing_of_now(office: Office, who: str) -> None:
    browser, signs = office.by(who), office.signs()
    at = f"/staff/experiences/{office.earlier}"
    said = _said(browser.client.get(at))

    assert EARLIER in said
    assert [sign for sign in signs if sign in said] == []
    for address in (f"{at}/write", f"{at}/translate"):
        said = _said(browser.client.get(address))
        assert [sign for sign in signs if sign in said] == []


@pytest.mark.parametrize("who", OUTSIDE)
def test_neither_a_search_nor_a_file_of_answers_finds_it(office: Office, who: str) -> None:
    browser = office.by(who)
    found = browser.open("/staff/inbox")
    found = browser.press("/inbox", {"words": WORD})
    assert office.reference not in found.main
    browser.open("/staff/campaigns/strategy")
    token = browser.page.find("input", name="csrf_token").get("value") if browser.page else ""
    rows = browser.client.post("/staff/campaigns/strategy/answers", data={"csrf_token": token})

    assert rows.status_code == 200
    assert WORD not in _said(rows)


def test_a_file_that_is_made_holds_what_who_asked_may_see_and_no_more(office: Office) -> None:
    inside, outside = (_exports(office, office.by(who)) for who in ("ruth", "pia"))

    assert office.reference in inside
    assert WORD in inside
    assert EARLIER in outside
    assert [sign for sign in office.signs() if sign in outside] == []


@pytest.mark.parametrize("who", ["pia"])
def test_of_a_matter_nothing_is_shown_that_is_with_safeguarding(office: Office, who: str) -> None:
    said = _said(office.by(who).client.get("/staff/new-matters"))

    assert EARLIER in said
    assert [sign for sign in office.signs() if sign in said] == []


def test_neither_the_public_page_nor_a_look_at_it_beforehand_shows_anything_of_it(office: Office) -> None:
    public = _said(office.site.test_client().get("/you-said-we-did"))
    (made,) = office.ids(action)
    before = _said(office.by("pia").client.get(f"/staff/actions/{made}/preview"))

    assert "Families do not see this page yet" in before
    for said in (public, before):
        assert "Taxis in Yeovil" in said
        assert [sign for sign in office.signs() if sign in said] == []


def test_after_a_real_outcome_it_is_with_safeguarding_until_the_lead_lets_the_team_see_it(office: Office) -> None:
    ruth, signs = office.by("ruth"), office.signs()
    its = f"/staff/experiences/{office.reference.replace(' ', '-')}"
    ruth.open(its)
    ruth.press("/close", {"done": "police", "details": f"Rang them about {WORD}."})

    jo, shown = office.by("jo"), {}
    for address in office.addresses("GET"):
        said = _said(jo.client.get(address))
        for sign in signs:
            said = said if sign not in address else said.replace(sign, "")
        shown[address] = [sign for sign in signs if sign in said]
    assert {address: found for address, found in shown.items() if found} == {}
    jo.open("/staff/inbox")
    assert office.reference not in jo.press("/inbox", {"words": WORD}).main
    assert [sign for sign in signs if sign in _exports(office, office.by("pia"))] == []
    assert [sign for sign in signs if sign in _said(office.site.test_client().get("/you-said-we-did"))] == []

    assert office.reference in ruth.open("/staff/alerts").main
    ruth.open(its)
    ruth.press("/clear-alerts", {"why": "The family asks for a call."})
    assert jo.open(its).heading == office.reference
    assert "Rang them" not in jo.open(its).main
    ruth.open("/staff/last")
    ruth.press("/undo")
    jo.open(its, status=404)


@pytest.mark.parametrize("who", ["ruth", "ada"])
def test_every_form_wants_its_token(office: Office, who: str) -> None:
    """A page that is closed to a role is refused before that is looked at; each is open to one of these two."""
    browser = office.by(who)
    routes = browser.client.application.url_map.bind("localhost")
    before = office.state()
    answered, expected = {}, {}
    for address in office.addresses("POST"):
        endpoint, _ = routes.match(urlsplit(address).path, method="POST")
        answered[address] = browser.client.post(address, data={"why": "x"}).status_code
        expected[address] = 400 if TEAM[who] in ROWS.get(endpoint, EVERYBODY) else 403

    assert answered == expected
    assert office.state() == before


def test_nobody_comes_in_without_having_signed_in(office: Office) -> None:
    client = office.site.test_client()
    for address in office.addresses("GET"):
        if not address.startswith(("/staff/sign-in", "/staff/council", "/staff/invitation")):
            answer = client.get(address)
            assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/staff/sign-in"), address


def test_beside_a_record_that_is_open_an_alert_that_has_had_no_turn_yet_shows_nothing(office: Office) -> None:
    """It comes last: another family's talk is the newest from here on."""
    family = Address("tel", "+447700900456")
    words = "The school bus is late every single day."
    story = InboundMessage(channel=SMS, account="us", sender=family, external_id="beside-1", text=words)
    cry = InboundMessage(channel=SMS, account="us", sender=family, external_id="beside-2", text=DANGER)
    office.home.earshot.intake.receive([story])
    office.home.work()
    reference, before = office.reference.replace(" ", "-"), set(office.ids(alert))
    office.home.earshot.intake.receive([cry])
    raised = UUID((set(office.ids(alert)) - before).pop())
    said = [row.redacted for row in office.rows(outbound_message) if row.alert_id == raised and row.contact_id]
    signs = [str(raised), *(each for each in said if each)]
    assert len(signs) > 1

    browser = office.by("jo")
    assert "school bus" in _said(browser.client.get(f"/staff/experiences/{reference}"))
    for address in office.addresses("GET", reference=[reference], other=[reference], alert_id=[str(raised)]):
        shown = _said(browser.client.get(address)).replace(address, "")
        assert [sign for sign in signs if sign in shown] == [], address
