"""Long work on the real store: a sheet that comes in, a file that goes out; broken off, taken up, stopped, and what is in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from bot.actions import Draft, State, Words
from bot.errors import StoreUnavailable
from bot.filing import CONSENTS, PLACE
from bot.hiding import Hiding
from bot.jobs import JobState, Part
from bot.model import Manner
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.actions import SqlActions
from storage.database import Database
from storage.erase_by_hand import SqlErasures
from storage.tables import audit, exported, job_piece
from tests.bot.test_redacting import Masker, run
from tests.staff.job_desk import JobDesk, Killed
from tests.staff.page import Browser, Page, values_of
from tests.storage.made_up import ANNA, BORIS, DANGER, heard
from tests.storage.test_matters import person
from tests.storage.test_redacting import sweep_of

SHEET = """Comment,Date,School,Consent to publish
The taxi was late again,31/05/2024,Fern Hill School,yes
Lovely SENCO,2024-06-01,,perhaps
,2024-06-01,,
The plan is wrong,31/31/2024,,
The taxi was late again,31/05/2024,Fern Hill School,yes
"""


@pytest.fixture
def room(app: Flask, database: Database, passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobDesk]:
    """Where few rows are many."""
    monkeypatch.setattr("bot.imports.ROWS_AT_ONCE", 10)
    monkeypatch.setattr("bot.imports.MOST_ROWS", 300)
    at: Desk = app.extensions[EXTENSION]
    yield JobDesk(app, database, passwords)
    app.extensions[EXTENSION] = at


@pytest.fixture
def jo(room: JobDesk) -> Browser:
    return room.desk.browser("jo")


def looked_at(room: JobDesk, browser: Browser) -> Page:
    room.works()
    return browser.open(f"/staff/work/{room.newest().id}")


def imported(room: JobDesk, browser: Browser, content: bytes | str, **how: str) -> Page:
    """Brought in, its columns as guessed, taken in to the end."""
    room.brings(browser, content, **how)  # type: ignore[arg-type] # words, all of them
    looked_at(room, browser)
    browser.press("/columns", {"do": "begin"})
    return looked_at(room, browser)


def sheet(*rows: Sequence[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def actions(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.number)).scalars())


ONE_STORE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what no store has a part in."""


# --- a sheet that comes in --------------------------------------------------------------------------------------------


def test_a_sheet_is_shown_before_anything_is_taken_in_and_then_each_row_is_as_if_typed(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, SHEET)
    page = looked_at(room, jo)
    assert [page.find("select", id=name).find("option[@selected]") is not None for name in ("text", "date", "place", "consent")]
    assert "Of 5 rows: 3 well, 1 without words, which are passed over, 1 to mend" in page.main
    assert "Row 5: “31/31/2024” is no date; write it as 2024-05-31" in page.main
    assert room.intake.taken == []

    jo.press("/columns", {"do": "begin"})
    page = looked_at(room, jo)
    first = room.intake.taken[0]
    assert "2 rows are in the record." in page.main
    assert "1 row stands more than once in the file, and was taken once." in page.main
    assert (first.text, first.account, first.manner) == ("The taxi was late again", "Survey", Manner.KEEP)
    assert (first.details[PLACE], first.details[CONSENTS]) == ("Fern Hill School", "words_in_public")
    assert first.sent_at is not None
    assert first.sent_at.date().isoformat() == "2024-05-31"
    assert CONSENTS not in room.intake.taken[1].details
    assert actions(room.desk.database)[-3:] == ["ask_import", "begin_import", "end_import"]


def test_what_could_not_be_taken_is_a_sheet_to_mend_and_bring_in_again(room: JobDesk, jo: Browser) -> None:
    wrong = (["Late", "soon", "=cmd|' /C calc'!A0"], ["=1+1", None, None], ["x" * 20_001])
    content = sheet(["Comment", "Date", "=Note"], *wrong, ["Good", None, None])
    imported(room, jo, content, file="s.xlsx")
    assert [message.text for message in room.intake.taken] == ["Good"]
    answer = jo.client.post(f"/staff/work/{room.newest().id}/mend", data={"csrf_token": token(jo)})
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["Row it was"] for row in rows] == ["2", "3", "4"]
    assert rows[0]["What to mend"].startswith("“soon” is no date")
    assert rows[1]["What to mend"].startswith("The column “Comment” holds a formula")
    assert "more than 20,000 characters" in rows[2]["What to mend"]
    assert (rows[0]["'=Note"], rows[1]["Comment"]) == ("'=cmd|' /C calc'!A0", "'=1+1")

    rows[0]["Date"], rows[1]["Comment"], rows[2]["Comment"] = "1 June 2024", "Two", "Long"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    page = imported(room, jo, out.getvalue())
    assert "3 rows are in the record." in page.main
    assert [message.text for message in room.intake.taken] == ["Good", "Late", "Two", "Long"]
    assert not any("mend" in name for message in room.intake.taken for name in message.details)


def test_the_same_file_keeps_its_name_and_no_row_is_taken_twice(room: JobDesk, jo: Browser) -> None:
    imported(room, jo, SHEET, name="Survey 2024")
    page = imported(room, jo, SHEET, name="Another name")

    assert page.heading == "Bring in “Survey 2024”"
    assert "0 rows are in the record." in page.main
    assert "2 rows were here already" in page.main
    assert len(room.intake.taken) == 2


def test_a_worker_that_dies_is_followed_by_another_and_no_row_is_lost_or_doubled(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, "Comment\n" + "".join(f"row {number}\n" for number in range(25)))
    room.dies(lambda: looking_dies(room))
    looked_at(room, jo)
    jo.press("/columns", {"do": "begin"})
    room.intake.dies_at = 14
    room.dies(room.works)
    assert (room.newest().done, len(room.intake.taken)) == (10, 14)
    page = looked_at(room, jo)

    assert [message.text for message in room.intake.taken] == [f"row {number}" for number in range(25)]
    assert "25 rows are in the record." in page.main
    assert "here already" not in page.main
    assert room.newest().total == 25


@ONE_STORE
@pytest.mark.parametrize("fails", ["keep", "put"])
def test_no_row_is_lost_when_the_store_is_away_for_a_moment_while_a_file_is_looked_through(
    room: JobDesk, jo: Browser, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.brings(jo, "Comment\n" + "".join(f"row {number}\n" for number in range(25)))
    room.sweeps[0].sweep()
    with monkeypatch.context() as away:
        away.setattr(room.jobs.records if fails == "keep" else room.blobs, fails, is_away)
        with pytest.raises(StoreUnavailable):
            room.sweeps[0].sweep()
    looked_at(room, jo)
    jo.press("/columns", {"do": "begin"})
    looked_at(room, jo)

    assert [message.text for message in room.intake.taken] == [f"row {number}" for number in range(25)]


def is_away(*_: object, **__: object) -> None:
    raise StoreUnavailable


@ONE_STORE
def test_a_file_that_waited_longer_than_it_is_kept_is_told_to_be_gone_and_not_done(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, SHEET)
    looked_at(room, jo)
    room.desk.clock.move(timedelta(days=1, seconds=1))
    room.works()
    begun = room.newest()
    room.jobs.records.change(begun, (JobState.ASKING,), {"state": JobState.WORKING}, now=room.desk.clock.now())
    room.works()

    assert (room.newest().state, room.newest().trouble) == (JobState.FAILED, "files_gone")
    assert room.intake.taken == []


@ONE_STORE
def test_rows_that_are_gone_in_the_middle_are_not_passed_over(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, "Comment\n" + "".join(f"row {number}\n" for number in range(25)))
    looked_at(room, jo)
    found = room.newest()
    room.jobs.records.forget(found.id, room.jobs.records.pieces(found.id, Part.ROWS, after=0, limit=1))
    jo.press("/columns", {"do": "begin"})
    page = looked_at(room, jo)

    assert "The file is not where files are kept any more. Bring it in again." in page.main
    assert len(room.intake.taken) == 10


@ONE_STORE
def test_the_apostrophe_of_a_sheet_to_mend_is_taken_off_when_it_comes_back(room: JobDesk, jo: Browser) -> None:
    words = "- late again, and nobody rang"
    imported(room, jo, f'Comment,Date,Note\n"{words}",2024-06-01,\n"{words}",soon,=1+1\n')
    answer = jo.client.post(f"/staff/work/{room.newest().id}/mend", data={"csrf_token": token(jo)})
    sheet_to_mend = answer.get_data().decode("utf-8-sig")
    assert f"'{words}" in sheet_to_mend
    page = imported(room, jo, sheet_to_mend.replace(",soon,", ",2024-06-01,"))
    assert "1 row was here already" in page.main

    imported(room, jo, sheet_to_mend.replace(",soon,", ",2024-06-02,"))
    assert [message.text for message in room.intake.taken] == [words, words]
    assert room.intake.taken[1].details["column Note"] == "=1+1"


@ONE_STORE
def test_an_apostrophe_in_a_sheet_of_their_own_stays(room: JobDesk, jo: Browser) -> None:
    imported(room, jo, "Comment\n'- late again\n")

    assert [message.text for message in room.intake.taken] == ["'- late again"]


@ONE_STORE
@pytest.mark.parametrize("heading", ["Consent", "Agreed", "Permission"])
def test_consent_to_who_knows_what_is_not_taken_for_consent_to_be_quoted(room: JobDesk, jo: Browser, heading: str) -> None:
    page = imported(room, jo, f"Comment,{heading}\nLate,yes\n")

    assert "1 row is in the record." in page.main
    assert CONSENTS not in room.intake.taken[0].details


def looking_dies(room: JobDesk) -> None:
    room.sweeps[0].sweep()
    raise Killed


def test_it_can_be_left_and_come_back_to_and_stopped_and_what_was_taken_in_stays(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, "Comment\n" + "".join(f"row {number}\n" for number in range(25)))
    looked_at(room, jo)
    jo.press("/columns", {"do": "begin"})
    room.sweeps[0].sweep()
    page = jo.open("/staff/work")
    assert "Under way: 10 of 25 rows; 10 are in the record" in page.main
    assert 'aria-label="40 per cent done"' in page.html
    jo.open(f"/staff/work/{room.newest().id}")
    page = jo.press("/stop")
    room.works()

    assert "Stopped after 10 of 25 rows. What was taken in stays." in page.main
    assert len(room.intake.taken) == 10
    assert "15 rows are in the record" in imported(room, jo, "Comment\n" + "".join(f"row {n}\n" for n in range(25))).main


def test_an_import_is_its_own_persons_and_others_see_only_that_it_runs(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, SHEET)
    room.works()
    job_id, tom = room.newest().id, room.desk.browser("tom")
    page = tom.open("/staff/work")

    assert "Bring in “Survey”" in page.main
    assert "Jo Pascoe" in page.main
    assert not any(str(job_id) in address for _, address in page.links())
    tom.open(f"/staff/work/{job_id}", status=404)
    for act in ("stop", "columns", "mend", "file"):
        assert tom.client.post(f"/staff/work/{job_id}/{act}", data={"csrf_token": token(tom)}).status_code == 404


@ONE_STORE
@pytest.mark.parametrize(
    ("content", "file", "sentence"),
    [
        (b"", "s.csv", "There is nothing in this file"),
        (b"%PDF-1.4", "survey.csv", "This is not a spreadsheet, whatever its name says"),
        (None, "", "Choose a file"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(
    room: JobDesk, jo: Browser, content: bytes | None, file: str, sentence: str
) -> None:
    page = room.brings(jo, content or b"", file=file, status=400)

    assert sentence in page.main
    assert page.title.startswith("Error: ")
    assert room.blobs.kept == {}


@ONE_STORE
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Comment\n", "There are no rows in it below the headings"),
        ("Comment\n" + "x\n" * 301, "It has more than 100,000 rows"),
        (",".join(f"c{n}" for n in range(201)) + "\n" + "x," * 200 + "x\n", "It has more than 200 columns"),
    ],
)
def test_a_file_that_is_too_much_or_nothing_says_what_to_do(room: JobDesk, jo: Browser, content: str, sentence: str) -> None:
    room.brings(jo, content)
    page = looked_at(room, jo)

    assert sentence in page.main
    assert room.intake.taken == []
    assert room.blobs.kept == {}, "nothing of it is kept"


@ONE_STORE
def test_a_file_over_the_limit_is_turned_away_before_it_is_read(room: JobDesk, jo: Browser) -> None:
    length = {"CONTENT_LENGTH": str(200 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = jo.client.post("/staff/import", environ_overrides=length)

    assert answer.status_code == 413
    assert "A file may have 50 MB" in Page(answer).main


@ONE_STORE
def test_a_column_chosen_twice_or_none_for_the_words_is_told_at_its_field(room: JobDesk, jo: Browser) -> None:
    room.brings(jo, "A,B\nLate again and again,x\n")
    looked_at(room, jo)
    page = jo.press("/columns", {"do": "begin"}, status=400)
    assert "Choose the column that holds what was said" in page.main
    page = jo.press("/columns", {"text": "A", "place": "A", "do": "begin"}, status=400)

    assert "This column is chosen for two things" in page.main
    assert page.find("select", id="text").get("aria-describedby") == "text-hint text-error"


@ONE_STORE
def test_danger_in_a_sheet_is_told_to_who_brought_it(room: JobDesk, jo: Browser) -> None:
    page = imported(room, jo, "Comment\nHe has a knife and he will kill her tonight\n")

    assert "1 row tells of danger or harm." in page.main
    assert "tell your safeguarding lead yourself" in page.main


def test_what_came_in_is_gone_when_the_work_is_done_and_the_rest_after_a_day(room: JobDesk, jo: Browser) -> None:
    imported(room, jo, SHEET)
    with room.desk.database.reading() as connection:
        assert set(connection.execute(select(job_piece.c.part)).scalars()) == {"wrong"}
    room.desk.clock.move(timedelta(days=1, seconds=1))
    room.works()

    assert room.blobs.kept == {}
    page = jo.open(f"/staff/work/{room.newest().id}")
    assert page.find_all("form", action=f"/staff/work/{room.newest().id}/mend") == []


# --- a file that goes out ---------------------------------------------------------------------------------------------


def tells(room: JobDesk) -> None:
    room.desk.scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482", sender=ANNA)
    room.desk.scene.tells("=1+1 and a hoist.", ("disputes", 0.9), reference="BROOK 377", sender=person(3))
    room.desk.scene.tells("He has a belt.", reference="TIMBER 350", sender=BORIS, risk=DANGER.level)


def asks(room: JobDesk, browser: Browser, query: str = "show=everything", **fields: str) -> Page:
    browser.open(f"/staff/export?{query}")
    browser.press("/export", fields)
    return looked_at(room, browser)


def fetched(room: JobDesk, browser: Browser) -> bytes:
    answer = browser.client.post(browser_file(browser), data={"csrf_token": token(browser)})
    assert answer.status_code == 200
    return answer.get_data()


def browser_file(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.form("/file")[1]


def token(browser: Browser) -> str:
    page = browser.page or browser.open("/staff/account")
    return page.find("input", name="csrf_token").get("value") or ""


def test_what_the_inbox_is_narrowed_to_goes_into_a_file_without_what_is_with_safeguarding(room: JobDesk, jo: Browser) -> None:
    tells(room)
    asks(room, jo)
    rows = list(csv.DictReader(io.StringIO(fetched(room, jo).decode("utf-8-sig"))))
    assert [row["reference"] for row in rows] == ["RIVER 482", "BROOK 377"]
    assert rows[1]["text"] == "'=1+1 and a hoist."
    asks(room, jo, "show=everything&theme=transport", format="jsonl")
    assert [json.loads(line)["reference"] for line in fetched(room, jo).splitlines()] == ["RIVER 482"]
    ruth = room.desk.browser("ruth")
    ruth.open("/staff/export?show=everything")
    ruth.press("/export", {"format": "xlsx"})
    room.works()
    page = ruth.open(next(address for text, address in ruth.open("/staff/work").links() if text.startswith("Export:")))

    assert "3 rows" in page.main
    made = load_workbook(io.BytesIO(fetched(room, ruth)), read_only=True)
    assert made.active is not None
    assert [row[0] for row in made.active.iter_rows(values_only=True)] == ["reference", "RIVER 482", "BROOK 377", "TIMBER 350"]
    line = next(row for row in room.desk.store.export_rows("audit") if row["action"] == "export")
    assert line["why"] == "2 experiences, csv"
    with room.desk.database.reading() as connection:
        assert len(connection.execute(select(exported)).all()) == 2 + 1 + 3
    assert actions(room.desk.database).count("fetch_export") == 3


def test_two_presses_of_one_page_make_one_file_until_that_is_gone(room: JobDesk, jo: Browser) -> None:
    tells(room)
    page = jo.open("/staff/export?show=everything")
    form = values_of(page.form("/export")[0])
    first, second = (jo.client.post("/staff/export", data=form).headers["Location"] for _ in range(2))
    room.works()
    assert jo.client.post("/staff/export", data=form).headers["Location"] == first == second
    assert jo.client.post("/staff/export", data={**form, "format": "jsonl"}).headers["Location"] != first
    assert actions(room.desk.database).count("ask_export") == 2

    room.works()
    room.desk.clock.move(timedelta(days=1, seconds=1))
    jo = room.desk.browser("jo")
    assert jo.client.post("/staff/export", data={**form, "csrf_token": token(jo)}).headers["Location"] != first


def test_a_file_is_fetched_by_who_asked_and_no_other_and_for_a_day(room: JobDesk, jo: Browser) -> None:
    tells(room)
    asks(room, jo)
    job_id, pia = room.newest().id, room.desk.browser("pia")
    assert pia.client.post(f"/staff/work/{job_id}/file", data={"csrf_token": token(pia)}).status_code == 404
    assert "Export" not in pia.open("/staff/work").find("section").itertext()
    room.desk.clock.move(timedelta(days=1, seconds=1))
    jo = room.desk.browser("jo")
    page = jo.open(f"/staff/work/{job_id}")
    assert page.find_all("form", action=f"/staff/work/{job_id}/file") == []
    assert jo.client.post(f"/staff/work/{job_id}/file", data={"csrf_token": token(jo)}).status_code in (303, 400)
    room.works()

    assert "this one is gone" in jo.open(f"/staff/work/{job_id}").main
    assert room.blobs.kept == {}


def test_what_went_to_safeguarding_since_is_handed_to_nobody_outside(room: JobDesk, jo: Browser) -> None:
    tells(room)
    asks(room, jo)
    job_id = room.newest().id
    seq = room.desk.scene.accepts("He hits him.", sender=ANNA, risk=DANGER)
    assert seq is not None
    room.desk.scene.alerts(seq)
    view = room.desk.view("RIVER 482")
    with room.desk.store.transaction() as tx:
        tx.link_alerts([seq], view.card.id)

    jo.open(f"/staff/work/{job_id}")
    page = jo.press("/file")
    assert "not to be had any more" in page.main


def hear_afresh(room: JobDesk, experience_id: UUID) -> None:
    """Other words of it are hidden than before."""
    now = room.desk.clock.now()
    with room.desk.store.transaction() as tx:
        tx.hear_afresh(experience_id, now)
    claim = room.desk.scene.must_claim(now=now)
    with room.desk.store.transaction() as tx:
        tx.hold_turn(claim)
        tx.mark_reheard(claim.messages[0].seq, heard("The [name removed] was late."), tagger="t", taxonomy="2026-11")
        tx.finish_turn(claim, now=now)


def test_a_file_stays_where_a_better_redactor_finds_nothing_in_its_experiences(room: JobDesk, jo: Browser) -> None:
    tells(room)
    asks(room, jo)
    run(sweep_of(room.desk.database, room.desk.store, Masker(("Nobody",))))

    assert room.newest().state is JobState.DONE


@pytest.mark.parametrize("how", ["erased", "taken back", "hidden", "masked anew", "heard afresh"])
def test_what_leaves_the_record_leaves_every_file_that_was_made(room: JobDesk, jo: Browser, how: str) -> None:
    tells(room)
    asks(room, jo)
    other = room.newest().id
    view = room.desk.view("RIVER 482")
    member = room.desk.store.staff_by_username("jo")
    assert member is not None
    page = jo.open(f"/staff/work/{other}")
    csrf = token(jo)
    if how == "hidden":
        Hiding(work=room.desk.store, clock=room.desk.clock, new_id=uuid4).hide(view, member, "taxi")
    elif how == "masked anew":
        run(sweep_of(room.desk.database, room.desk.store, Masker(("taxi",))))
    elif how == "heard afresh":
        hear_afresh(room, view.card.id)
    elif how == "erased":
        records = SqlErasures(room.desk.database, room.desk.sealer, room.desk.store)
        found = records.by_reference("RIVER 482")
        assert found is not None
        records.erase(found.contact_id, who="test", now=room.desk.clock.now())
    else:
        contact_id = room.desk.scene.contact(ANNA)
        with room.desk.store.transaction() as tx:
            tx.take_back(contact_id)
    page = jo.open(f"/staff/work/{other}")
    assert "taken back, erased or hidden" in page.main
    assert jo.client.post(f"/staff/work/{other}/file", data={"csrf_token": csrf}).status_code == 303
    room.works()

    assert room.blobs.kept == {}


def test_an_export_that_is_broken_off_is_made_whole_by_the_next_worker(
    room: JobDesk, jo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.exports.AT_ONCE", 1)
    tells(room)
    jo.open("/staff/export?show=everything")
    jo.press("/export", {"format": "csv"})
    export = room.sweeps[1]
    export.sweep()
    export.sweep()
    room.worker()
    assert not room.sweeps[1].sweep(), "its lease has not run out"
    room.desk.clock.move(timedelta(minutes=6))
    looked_at(room, jo)

    rows = list(csv.DictReader(io.StringIO(fetched(room, jo).decode("utf-8-sig"))))
    assert [row["reference"] for row in rows] == ["RIVER 482", "BROOK 377"]


def test_decisions_go_out_with_who_made_them_and_who_lost_the_role_gets_nothing(room: JobDesk, jo: Browser) -> None:
    tells(room)
    member = room.desk.store.staff_by_username("jo")
    assert member is not None
    room.desk.scene.decides(room.desk.scene.passage_of("RIVER 482"), "transport", verdict=True, by=member)
    asks(room, jo, what="decisions", format="jsonl")
    (row,) = [json.loads(line) for line in fetched(room, jo).splitlines()]
    assert (row["reference"], row["theme"], row["by"]) == ("RIVER 482", "transport", "Jo Pascoe")
    jo.open("/staff/export?show=everything")
    jo.press("/export")
    with room.desk.store.transaction() as tx:
        tx.update_staff(member.id, role="viewer")
    room.works()

    assert room.newest().trouble == "not_allowed"
    assert room.jobs.records.pieces(room.newest().id, Part.FILE) == ()


def test_actions_go_out_all_of_them_and_name_nothing_that_is_with_safeguarding(room: JobDesk, jo: Browser) -> None:
    tells(room)
    member = room.desk.store.staff_by_username("jo")
    assert member is not None
    actions_ = SqlActions(room.desk.database, room.desk.sealer)
    one, now = uuid4(), room.desk.clock.now()
    actions_.add(one, Draft(words=Words(title="Hoists", said="-1 hoist"), state=State.PLANNED), member.id, now)
    told = [room.desk.view(name).card.id for name in ("RIVER 482", "TIMBER 350")]
    actions_.link(one, told, member.id, now)
    asks(room, jo, what="actions")
    (row,) = csv.DictReader(io.StringIO(fetched(room, jo).decode("utf-8-sig")))

    assert (row["title"], row["said"], row["experiences"]) == ("Hoists", "'-1 hoist", '["RIVER 482"]')


@pytest.mark.parametrize("how", ["behind the wall", "taken back"])
def test_a_file_of_actions_holds_what_is_linked_to_them_as_any_other_does(room: JobDesk, jo: Browser, how: str) -> None:
    tells(room)
    member = room.desk.store.staff_by_username("jo")
    assert member is not None
    actions_ = SqlActions(room.desk.database, room.desk.sealer)
    one, now = uuid4(), room.desk.clock.now()
    actions_.add(one, Draft(words=Words(title="Hoists", said="A hoist"), state=State.PLANNED), member.id, now)
    told = room.desk.view("RIVER 482").card.id
    actions_.link(one, [told], member.id, now)
    asks(room, jo, what="actions")
    job_id = room.newest().id
    if how == "taken back":
        contact_id = room.desk.scene.contact(ANNA)
        with room.desk.store.transaction() as tx:
            tx.take_back(contact_id)
        assert "taken back, erased or hidden" in jo.open(f"/staff/work/{job_id}").main
        return
    seq = room.desk.scene.accepts("He hits him.", sender=ANNA, risk=DANGER)
    assert seq is not None
    room.desk.scene.alerts(seq)
    with room.desk.store.transaction() as tx:
        tx.link_alerts([seq], told)
    jo.open(f"/staff/work/{job_id}")
    assert "not to be had any more" in jo.press("/file").main


def test_no_part_of_a_message_is_left_in_the_list_of_works(room: JobDesk, jo: Browser) -> None:
    """The headings of a file, and what was searched for, are kept sealed."""
    room.brings(jo, "Comment,Kasia Nowak\nLate,x\n")
    room.works()
    with room.desk.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM job").all()

    assert "Kasia" not in repr(kept)
