"""The tables of words: loaded whole or refused, spoken by key, dated in the words of the locale."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from bot.conversation import Say
from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, ChannelName, Locale
from bot.outgoing import Choice
from bot.wording import CONTENT, Wording, placeholders

SMS, WEB, PAGES = ChannelName("sms"), ChannelName("webchat"), ChannelName("pages")
NOW = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)
WORDING = Wording.load(facts={"privacy_url": "https://earshot.example/privacy"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "wording"))


def change(folder: Path, locale: str, old: str, new: str) -> None:
    path = folder / f"{locale}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_english_and_easy_read_come_first() -> None:
    assert WORDING.locales[:2] == (ENGLISH, EASY_READ)


def with_polish(folder: Path, head: str) -> Path:
    text = (folder / "en.toml").read_text("utf-8").replace('name = "English"\n', f'name = "Polski"\n{head}\n', 1)
    (folder / "pl.toml").write_text(text, "utf-8")
    return folder


def test_a_locale_nobody_signed_is_not_offered_where_families_write_in_earnest(folder: Path) -> None:
    with_polish(folder, 'signed_by = ""\nsigned_on = ""')
    tried, earnest = Wording.load(folder), Wording.load(folder, unsigned=False)

    assert Locale("pl") in tried.locales
    assert Locale("pl") not in earnest.locales
    assert earnest.nearest(Locale("pl")) == ENGLISH
    assert Locale("pl") in {tongue.locale for tongue in earnest.waiting_for_a_signature}


def test_a_signed_locale_is_offered_everywhere(folder: Path) -> None:
    wording = Wording.load(with_polish(folder, 'signed_by = "Ewa Nowak"\nsigned_on = "2026-11-20"'), unsigned=False)

    assert wording.locales == (ENGLISH, EASY_READ, Locale("pl"))


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ('signed_by = "Ewa Nowak"', "must be a day"),
        ('signed_by = "Ewa Nowak"\nsigned_on = "yesterday"', "must be a day"),
        ('signed_on = "2026-11-20"', "no name"),
        ('direction = "up"', "ltr or rtl"),
    ],
)
def test_half_a_signature_and_a_third_direction_are_refused(folder: Path, head: str, says: str) -> None:
    with pytest.raises(BadContent, match=says):
        Wording.load(with_polish(folder, head))


def test_a_locale_may_be_written_from_right_to_left(folder: Path) -> None:
    wording = Wording.load(with_polish(folder, 'direction = "rtl"'))

    assert wording.tongues[Locale("pl")].is_rtl
    assert not wording.tongues[ENGLISH].is_rtl


def test_a_stamp_changes_with_any_variant_of_a_text(folder: Path) -> None:
    before = Wording.load(folder).tongues[ENGLISH]
    change(folder, "en", 'sms = "Text more any time.', 'sms = "Do text more any time.')
    after = Wording.load(folder).tongues[ENGLISH]

    assert before.stamp("close.more") != after.stamp("close.more")
    assert before.stamp("close.thanks") == after.stamp("close.thanks")
    assert before.stamp("choice.words_yes") == after.stamp("choice.words_yes")


def test_a_say_is_spoken_with_its_values_and_its_choices() -> None:
    spoken = WORDING.speak(Say("ask.consent_words", choices=("words_yes", "words_no")), ENGLISH, SMS)

    assert spoken.text.startswith("May public reports use your words")
    assert spoken.choices == (Choice("words_yes", "Yes"), Choice("words_no", "No, team only"))


def test_several_keys_are_spoken_in_one_breath() -> None:
    spoken = WORDING.speak(Say("kept.more+close.more"), ENGLISH, SMS)

    assert spoken.text == "Thank you, we have kept that too. Text more any time. STATUS tells you where it is."


def test_a_channel_with_words_of_its_own_speaks_them() -> None:
    say = Say("close.more")

    assert WORDING.speak(say, ENGLISH, SMS).text.startswith("Text more")
    assert WORDING.speak(say, ENGLISH, WEB).text.startswith("Write more")


def test_a_date_is_spoken_in_the_words_of_the_locale() -> None:
    say = Say("status.read", {"reference": "RIVER 482", "read_on": "2026-11-26"})

    assert WORDING.speak(say, ENGLISH, SMS).text.endswith("on Thu 26 Nov.")
    assert WORDING.speak(say, EASY_READ, SMS).text.endswith("on Thursday 26 November.")


def test_a_value_that_is_no_date_is_spoken_as_it_is() -> None:
    say = Say("status.read", {"reference": "RIVER 482", "read_on": "Thu 26 Nov"})

    assert WORDING.speak(say, ENGLISH, SMS).text.endswith("on Thu 26 Nov.")


def test_opening_hours_are_spoken_in_the_words_of_the_locale() -> None:
    say = Say("human", {"due_by": "2026-11-20", "open_hours": "1-5 09:00-16:30", "emergency": "999"})

    assert "9am to 4.30pm, Monday to Friday" in WORDING.speak(say, ENGLISH, SMS).text
    assert "Monday to Friday, 9am to 4.30pm" in WORDING.speak(say, EASY_READ, SMS).text


def test_braces_in_what_a_parent_wrote_stay_what_they_are() -> None:
    say = Say("preview.words", {"words": "{reference} {0} {"})

    assert "{reference} {0} {" in WORDING.speak(say, ENGLISH, WEB).text


def test_facts_of_the_house_and_the_list_of_languages_need_no_caller() -> None:
    assert "https://earshot.example/privacy" in WORDING.speak(Say("privacy"), ENGLISH, SMS).text
    assert "English, Easy Read" in WORDING.speak(Say("language.list"), ENGLISH, SMS).text


def test_a_value_that_nobody_gave_is_an_error_and_never_reaches_a_parent() -> None:
    with pytest.raises(BadContent, match=r"first\.story.*read_by|first\.story.*reference"):
        WORDING.speak(Say("first.story"), ENGLISH, SMS)


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(BadContent, match=r"no\.such"):
        WORDING.speak(Say("no.such"), ENGLISH, SMS)


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("en", "en"), ("en-x-easyread", "en-x-easyread"), ("en-GB", "en"), ("fr", "en"), ("pl", "pl")]
)
def test_the_nearest_locale_we_speak(wanted: str, spoken: str) -> None:
    assert WORDING.nearest(Locale(wanted)) == spoken


def test_a_moment_names_its_day_unless_it_is_today() -> None:
    assert WORDING.moment(datetime(2026, 11, 23, 9, tzinfo=UTC), ENGLISH, NOW) == "9am on Mon 23 Nov"
    assert WORDING.moment(datetime(2026, 11, 19, 14, 30, tzinfo=UTC), ENGLISH, NOW) == "2.30pm today"


def test_a_moment_is_told_by_the_clock_in_london() -> None:
    assert WORDING.moment(datetime(2026, 7, 1, 8, tzinfo=UTC), ENGLISH, NOW) == "9am on Wed 1 Jul"


def test_midnight_and_noon_are_said_as_twelve() -> None:
    assert WORDING.moment(datetime(2026, 11, 20, 0, 5, tzinfo=UTC), ENGLISH, NOW) == "12.05am on Fri 20 Nov"
    assert WORDING.moment(datetime(2026, 11, 20, 12, tzinfo=UTC), ENGLISH, NOW) == "12pm on Fri 20 Nov"


def test_a_day_in_both_locales() -> None:
    assert WORDING.day(date(2026, 11, 26), ENGLISH) == "Thu 26 Nov"
    assert WORDING.day(date(2026, 11, 26), EASY_READ) == "Thursday 26 November"


def test_the_version_is_that_of_the_file(folder: Path) -> None:
    before = Wording.load(folder).version(ENGLISH)
    change(folder, "en", "Tell us what happened", "Tell us what went on")

    after = Wording.load(folder).version(ENGLISH)

    assert before == f"en@{sha256((CONTENT / 'en.toml').read_bytes()).hexdigest()[:12]}"
    assert after != before


@pytest.mark.parametrize(
    ("locale", "old", "new", "complaint"),
    [
        ("en-x-easyread", 'more = "Thank you. We kept that too."', "", r"complete and says nothing for: kept\.more"),
        ("en-x-easyread", 'changes_no = "No"', "", "changes_no"),
        ("en-x-easyread", "reads it by {read_by}", "reads it soon", "same placeholders"),
        ("en-x-easyread", "[say.help]", '[say.extra]\nword = "x"\n[say.help]', r"English has not: extra\.word"),
        ("en", "{read_by}. In", "{read_by!r}. In", "nothing more"),
        ("en", "{read_by}. In", "{read_by:>9}. In", "nothing more"),
        ("en", "{read_by}. In", "{read by}. In", "nothing more"),
        ("en", "{read_by}. In", "{}. In", "nothing more"),
        ("en", "{read_by}. In", "{read_by. In", "braces"),
        ("en", 'name = "English"', "name = 1", "must be a text"),
        ("en", 'weekdays = ["Mon", ', "weekdays = [", "seven days"),
        ("en", 'us = "Tell us what happened, good or bad."', 'us = ""', r"tell\.us"),
        ("en", "[choice]", "[choices]", "choice"),
    ],
)
def test_a_table_with_a_hole_or_a_trick_in_it_is_refused(folder: Path, locale: str, old: str, new: str, complaint: str) -> None:
    change(folder, locale, old, new)

    with pytest.raises(BadContent, match=complaint):
        Wording.load(folder)


def test_a_folder_without_english_is_refused(folder: Path) -> None:
    (folder / "en.toml").unlink()

    with pytest.raises(BadContent, match=r"no en\.toml"):
        Wording.load(folder)


def test_a_locale_that_is_not_complete_yet_is_not_offered_and_not_spoken(folder: Path) -> None:
    polish = (folder / "en.toml").read_text("utf-8").replace("complete = true", "complete = false")
    (folder / "pl.toml").write_text(polish.replace('more = "Thank you, we have kept that too."', ""), "utf-8")

    wording = Wording.load(folder)

    assert Locale("pl") not in wording.locales
    assert wording.nearest(Locale("pl")) == ENGLISH


def test_the_placeholders_of_all_texts_tell_which_numbers_must_have_been_checked() -> None:
    assert {"samaritans", "childline", "emergency", "papyrus"} <= WORDING.placeholders()
    assert placeholders("a {b} c {d}") == ("b", "d")
