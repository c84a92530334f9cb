"""The settings: a bad one stops the start with a sentence that names it; production starts on nothing that is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

import app
import readiness
from bot.call_outs import GIVEN_UP
from bot.errors import BadSettings, StoreUnavailable
from bot.model import ChannelName
from bot.records import StaffMember
from bot.signposts import Signposts
from cli.group import COMMANDS, main
from demo.handset import Handset, Line
from demo.road import Inside
from parts import Earshot
from storage import migrations
from storage.keys import new_key
from tests.storage.scene import Scene

ROOT = Path(__file__).parents[1]
COMPLETE = {
    "env": "production",
    "secret_key": "s" * 32,
    "data_keys": new_key(),
    "public_url": "https://feedback.example.org",
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "token",
    "twilio_sms_number": "+447700900001",
}

TWILIO = {name: COMPLETE[name] for name in ("twilio_account_sid", "twilio_auth_token")}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of the checkout, and no development key left in it."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'app.db'}"
    migrations.upgrade(address)
    return address


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"EARSHOT_ENV": "staging"}, "EARSHOT_ENV"),
        ({"EARSHOT_SETTLE_SECONDS": "soon"}, "EARSHOT_SETTLE_SECONDS"),
        ({"EARSHOT_PUBLIC_URL": "feedback.example.org"}, "EARSHOT_PUBLIC_URL"),
        ({"TWILIO_ACCOUNT_SID": "AC123"}, "TWILIO_ACCOUNT_SID"),
        ({"TWILIO_SMS_NUMBER": "07700 900001"}, "TWILIO_SMS_NUMBER"),
        ({"TWILIO_SMS_NUMBER": "+447700900001"}, "TWILIO_AUTH_TOKEN"),
        ({"PORT": "70000"}, "PORT"),
        ({"EARSHOT_SMS_COUNTRIES": "44"}, "EARSHOT_SMS_COUNTRIES"),
        ({"EARSHOT_SMS_COUNTRIES": "+44, 353"}, "EARSHOT_SMS_COUNTRIES"),
        ({"EARSHOT_ALLOWED_ORIGINS": "www.example.org"}, "EARSHOT_ALLOWED_ORIGINS"),
        ({"EARSHOT_ALLOWED_ORIGINS": "https://www.example.org/"}, "EARSHOT_ALLOWED_ORIGINS"),
    ],
)
def test_a_bad_setting_is_named_in_a_sentence(given: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings, match=named):
        app.Settings.read()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TWILIO_SMS_NUMBER", "07700", "TWILIO_SMS_NUMBER must look like +447700900123."),
        ("PORT", "soon", "PORT must be a whole number from 1 to 65535."),
        ("EARSHOT_ENV", "production", "EARSHOT_SECRET_KEY must be set in production, 32 characters or more."),
    ],
)
def test_what_a_setting_must_be_is_said_in_words(name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings) as caught:
        app.Settings.read()

    assert str(caught.value) == sentence


def test_settings_are_not_steered_by_names_that_belong_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENV": "staging", "DEMO": "1", "SECRET_KEY": "theirs"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").write_text("PUBLIC_URL=nothing\nEARSHOT_SEND_CAP=7\nEARSHOT_PROXY_HOPS=1\n")
    monkeypatch.setenv("EARSHOT_PROXY_HOPS", "2")

    settings = app.Settings.read()

    assert (settings.env, settings.demo, settings.secret_key) == ("development", False, "")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.send_cap, settings.proxy_hops) == (7, 2)


def test_what_is_given_counts_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_PUBLIC_URL", "https://environment.example")

    assert app.Settings.read(public_url="https://given.example").public_url == "https://given.example"
    assert app.Settings.read(EARSHOT_PUBLIC_URL="https://given.example").public_url == "https://given.example"


def test_a_bad_setting_does_not_print_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_ENV", "production")
    monkeypatch.setenv("EARSHOT_SECRET_KEY", "too-short-secret")

    with pytest.raises(BadSettings) as caught:
        app.Settings.read()

    assert "too-short-secret" not in str(caught.value)
    assert "too-short-secret" not in repr(app.Settings.read(env="development"))


@pytest.mark.parametrize("missing", ["secret_key", "data_keys", "public_url"])
def test_production_does_not_start_without_what_keeps_people_safe(missing: str) -> None:
    with pytest.raises(BadSettings):
        app.Settings.read(**{**COMPLETE, missing: ""})


def test_production_wants_https() -> None:
    with pytest.raises(BadSettings, match="https"):
        app.Settings.read(**{**COMPLETE, "public_url": "http://feedback.example.org"})


def test_production_does_not_start_on_numbers_nobody_has_checked(url: str) -> None:
    earshot = app.build(app.Settings.read(**COMPLETE, database_url=url))

    for start in (app.create_app, Earshot.worker):
        with pytest.raises(
            BadSettings, match=r"^\d+ contacts in signposts.toml have not been checked; `earshot doctor` lists them"
        ):
            start(earshot)
    earshot.database.close()


def test_development_warns_of_numbers_nobody_has_checked(url: str, caplog: pytest.LogCaptureFixture) -> None:
    earshot = app.build(app.Settings.read(database_url=url, data_keys=new_key()))
    assert "have not been checked" not in caplog.text

    app.create_app(earshot)

    earshot.database.close()
    assert caplog.text.count("contacts in signposts.toml have not been checked") == 1


def test_the_bare_address_leads_to_the_talk(url: str) -> None:
    earshot = app.build(app.Settings.read(database_url=url, data_keys=new_key()))

    answer = app.create_app(earshot).test_client().get("/")

    earshot.database.close()
    assert (answer.status_code, answer.location) == (302, "/chat")


def test_production_does_not_start_while_nobody_can_be_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Signposts, "unchecked", lambda *_, **__: ())
    earshot = app.build(app.Settings.read(**COMPLETE, database_url=url))

    with pytest.raises(BadSettings, match="earshot staff add"):
        app.create_app(earshot)
    with pytest.raises(BadSettings, match="earshot staff add"):
        earshot.worker()
    earshot.database.close()


EMAIL = {
    "email_address": "feedback@somerset.example",
    "email_imap_url": "imaps://feedback%40somerset.example:secret@mail.somerset.example",
    "email_smtp_url": "smtps://feedback%40somerset.example:secret@mail.somerset.example",
}
NO_TEXTS = {name: "" for name in COMPLETE if name.startswith("twilio")}


@pytest.mark.parametrize(
    ("routes", "mobile", "given_up"),
    [
        (EMAIL | NO_TEXTS, None, "by email alone"),
        (EMAIL, None, "by email alone"),
        ({}, "+447700900801", "by text alone"),
        (EMAIL, "+447700900801", ""),
    ],
    ids=["no texts", "nobody to text", "no email", "both"],
)
def test_production_starts_with_one_route_for_alerts_and_says_what_is_given_up(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    routes: dict[str, str],
    mobile: str | None,
    given_up: str,
) -> None:
    monkeypatch.setattr(Signposts, "unchecked", lambda *_, **__: ())
    earshot = app.build(app.Settings.read(**COMPLETE | routes, database_url=url))
    lead = StaffMember(
        id=uuid4(), name="Ruth", username="ruth@somerset.example", role="safeguarding", mobile=mobile, password_hash="x"
    )
    with earshot.store.transaction() as tx:
        tx.add_staff(lead, earshot.clock.now())
    readiness.check_ready(earshot)
    readiness.warn_of_one_route(earshot)
    earshot.database.close()

    assert [each for each in GIVEN_UP.values() if each in caplog.text] == [
        each for each in GIVEN_UP.values() if given_up and given_up in each
    ]


def test_an_email_account_that_cannot_send_is_no_route(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Signposts, "unchecked", lambda *_, **__: ())
    earshot = app.build(app.Settings.read(**COMPLETE | NO_TEXTS | EMAIL | {"email_smtp_url": ""}, database_url=url))
    lead = StaffMember(id=uuid4(), name="Ruth", username="ruth@somerset.example", role="safeguarding", password_hash="x")
    with earshot.store.transaction() as tx:
        tx.add_staff(lead, earshot.clock.now())

    with pytest.raises(BadSettings, match="EMAIL_SMTP_URL"):
        readiness.check_ready(earshot)
    earshot.database.close()


def test_a_database_of_another_version_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="earshot db upgrade"):
        app.build(app.Settings.read(database_url=f"sqlite:///{tmp_path / 'new.db'}", data_keys=new_key()))


def test_a_channel_without_its_settings_is_off(url: str) -> None:
    earshot = app.build(app.Settings.read(database_url=url, data_keys=new_key()))

    earshot.database.close()
    assert sorted(earshot.channels) == ["byhand", "import", "pages", "webchat"]
    assert earshot.gates == {}


def test_a_messaging_service_alone_switches_text_messages_on(url: str) -> None:
    given = {**TWILIO, "twilio_messaging_service_sid": "MG" + "0" * 32}
    earshot = app.build(app.Settings.read(**given, database_url=url, data_keys=new_key()))

    earshot.database.close()
    assert earshot.can_send(ChannelName("sms"))


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_danger_is_kept_even_where_its_answer_cannot_be_sent(channel: str, url: str) -> None:
    earshot = app.build(app.Settings.read(**TWILIO, database_url=url, data_keys=new_key(), settle_seconds=0))
    network = Line(
        account_sid=TWILIO["twilio_account_sid"],
        token=TWILIO["twilio_auth_token"],
        service="+447700900001",
        public_url=earshot.settings.public_url,
        media_origin="",
    )
    phone = Handset(
        ChannelName(channel), "+447700900123", line=network, road=Inside(app.create_app(earshot)), clock=earshot.clock
    )

    posted = phone.say("He has hit her and she is bleeding. I am scared he will kill us tonight.")
    earshot.outbox.deliver_due("a worker")

    assert posted.kept
    assert posted.text in [message.text for message in earshot.store.export_messages()]
    assert len(earshot.store.alerts_due(earshot.clock.now() + timedelta(days=1))) == 1
    assert not earshot.can_send(ChannelName(channel))
    earshot.database.close()


def test_without_a_secret_every_process_of_development_has_the_same(url: str) -> None:
    settings = app.Settings.read(database_url=url)
    first, second = app.build(settings), app.build(settings)

    first.database.close()
    second.database.close()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32


def test_the_key_that_development_makes_lies_beside_the_store(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    app.build(app.Settings.read(database_url=url)).database.close()

    assert (tmp_path / "earshot.key").exists()
    assert list(elsewhere.iterdir()) == []


def test_every_setting_is_in_the_example_and_the_other_way_round() -> None:
    names = {str(field.validation_alias) for field in app.Settings.model_fields.values() if field.validation_alias is not None}
    listed = {line.split("=")[0] for line in (ROOT / ".env.example").read_text("utf-8").splitlines() if line and line[0] != "#"}

    assert listed == names


def test_every_command_tells_what_it_does() -> None:
    listed = CliRunner().invoke(main, ["--help"]).output
    for name in COMMANDS:
        told = CliRunner().invoke(main, [name, "--help"])
        assert told.exit_code == 0, told.output
        assert len(told.output.splitlines()) > 3
        assert name in listed


def test_an_error_of_ours_is_a_sentence_at_the_keyboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_ENV", "staging")

    told = CliRunner().invoke(main, ["work"])

    assert told.exit_code == 1
    assert "EARSHOT_ENV" in told.output
    assert "Traceback" not in told.output


def test_the_operators_pages_answer(url: str) -> None:
    earshot = app.build(app.Settings.read(database_url=url, data_keys=new_key()))
    client = app.create_app(earshot).test_client()

    answers = [client.get(path).status_code for path in ("/healthz", "/readyz")]

    earshot.database.close()
    assert answers == [200, 200]


def test_the_public_is_not_told_why_it_is_not_ready(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> None:
        raise StoreUnavailable("the table has gone from db.internal")

    earshot = app.build(app.Settings.read(database_url=url, data_keys=new_key()))
    client = app.create_app(earshot).test_client()
    monkeypatch.setattr(type(earshot.store), "next_turn_at", fail)

    answer = client.get("/readyz")

    earshot.database.close()
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert "db.internal" in caplog.text


def test_our_own_page_stays_readable_in_the_talk_staff_read(url: str) -> None:
    earshot = app.build(app.Settings.read(database_url=url, public_url="https://feedback.example.org", data_keys=new_key()))
    scene = Scene(earshot.store)
    scene.tells("The taxi was late.", reference="RIVER 482")
    scene.says("All about it: https://feedback.example.org/privacy and ring 07700 900123")

    view = earshot.store.experience("RIVER 482")
    assert view is not None
    assert view.talk[-1].text == "All about it: https://feedback.example.org/privacy and ring [phone removed]"


COUNCIL = {
    "oidc_issuer": "https://login.example/tenant/v2.0",
    "oidc_client_id": "earshot",
    "oidc_client_secret": "a secret",
    "oidc_roles": "Earshot.Lead=safeguarding, Earshot.Reader=reviewer",
}


def test_the_councils_accounts_are_offered_when_all_of_their_settings_are_there(url: str) -> None:
    earshot = app.build(app.Settings.read(**COUNCIL, database_url=url, data_keys=new_key()))

    assert b"Sign in with the council" in app.create_app(earshot).test_client().get("/staff/sign-in").data
    earshot.database.close()


@pytest.mark.parametrize("missing", list(COUNCIL))
def test_half_of_the_councils_settings_stop_the_start(missing: str) -> None:
    with pytest.raises(BadSettings, match="OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_ROLES"):
        app.Settings.read(**{**COUNCIL, missing: ""})


@pytest.mark.parametrize("roles", ["Earshot.Lead", "Earshot.Lead=king", "=reviewer"])
def test_a_role_that_there_is_not_stops_the_start(roles: str) -> None:
    with pytest.raises(BadSettings, match="OIDC_ROLES must list theirs and ours"):
        app.Settings.read(**{**COUNCIL, "oidc_roles": roles})


def test_only_one_password_for_everybody_is_no_way_in_without_the_councils_accounts() -> None:
    with pytest.raises(BadSettings, match="EARSHOT_ONLY_LOCAL_ACCOUNT needs OIDC_ISSUER"):
        app.Settings.read(only_local_account="ruth")


@pytest.mark.parametrize("roles", ["king", "safeguarding;admin", "none,admin"])
def test_a_second_step_for_a_role_that_there_is_not_stops_the_start(roles: str) -> None:
    with pytest.raises(BadSettings, match="EARSHOT_SECOND_STEP_ROLES must list roles"):
        app.Settings.read(second_step_roles=roles)
