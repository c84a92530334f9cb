"""Long work: bringing in a spreadsheet, taking out a file, and how far each is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.cells import as_text, harmless
from bot.columns import FIELDS, ITS_ROW, TO_MEND
from bot.errors import NotFound
from bot.exports import FORMATS, WHAT, Exports
from bot.importing import LONGEST_KIND
from bot.imports import LARGEST_FILE, MOST_ROWS, Imports
from bot.jobs import Job, JobKind, Jobs, JobState, Part
from staff.desk import desk, go, handles_alerts, member, tell
from staff.forms import drawn_with
from staff.inbox_forms import Wanted
from staff.marks import cleaned
from staff.sheet_writing import write_csv
from staff.uploads import NotASheet, ending_of, in_pieces
from staff.views.inbox import LANGUAGES, what_is_offered

TYPES = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add_jobs(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/work", "jobs", jobs, methods=["GET"])
    blueprint.add_url_rule("/work/<uuid:job_id>", "job", job, methods=["GET"])
    blueprint.add_url_rule("/work/<uuid:job_id>/stop", "stop_job", stop_job, methods=["POST"])
    blueprint.add_url_rule("/work/<uuid:job_id>/columns", "choose_columns", choose_columns, methods=["POST"])
    blueprint.add_url_rule("/work/<uuid:job_id>/mend", "mend_sheet", mend_sheet, methods=["POST"])
    blueprint.add_url_rule("/work/<uuid:job_id>/file", "fetch_export", fetch_export, methods=["POST"])
    blueprint.add_url_rule("/import", "import_file", import_file, methods=["GET"])
    blueprint.add_url_rule("/import", "upload_import", upload_import, methods=["POST"])
    blueprint.add_url_rule("/export", "export_form", export_form, methods=["GET"])
    blueprint.add_url_rule("/export", "ask_export", ask_export, methods=["POST"])


def jobs() -> ResponseReturnValue:
    retagging = desk().rooms.retagging
    listed = _jobs().listed(member())
    return render_template("staff/jobs.html", jobs=listed, retag=retagging.last() if retagging else None)


def job(job_id: UUID) -> ResponseReturnValue:
    return _page(_jobs().mine(job_id, member()))


def stop_job(job_id: UUID) -> ResponseReturnValue:
    tell("job_stopped" if _jobs().stop(job_id, member()) else "job_over")
    return go(url_for("staff.job", job_id=job_id))


# --- bringing in ----------------------------------------------------------------------------------------------------


def import_file() -> ResponseReturnValue:
    return _upload_form()


def upload_import() -> ResponseReturnValue:
    imports = _imports()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_form("file_missing"), 400
    name = " ".join(cleaned(request.form.get("name", "")).split())
    name = (name or " ".join(cleaned(PurePath(file.filename).stem).split()) or "?")[:LONGEST_KIND].strip()
    try:
        ending = ending_of(file.stream, file.filename)
    except NotASheet as refused:
        return _upload_form(refused.code), 400
    made, was_here = imports.bring(in_pieces(file.stream), name, ending=ending, member=member(), today=desk().today())
    if was_here:
        tell("import_again", name=made.name)
    return go(url_for("staff.job", job_id=made.id))


def choose_columns(job_id: UUID) -> ResponseReturnValue:
    imports, found = _imports(), _of_kind(job_id, JobKind.IMPORT)
    chosen = {name: column for name in FIELDS if (column := request.form.get(name, ""))}
    errors = {}
    if "text" not in chosen:
        errors["text"] = "column_text"
    for name, column in chosen.items():
        if list(chosen.values()).count(column) > 1:
            errors.setdefault(name, "column_twice")
    if errors:
        return _page(found, chosen=chosen, errors=errors), 400
    if not imports.choose(found, chosen):
        tell("job_over")
    elif request.form.get("do") == "begin" and imports.begin(found):
        tell("import_begun")
    return go(url_for("staff.job", job_id=job_id))


def mend_sheet(job_id: UUID) -> ResponseReturnValue:
    found = _of_kind(job_id, JobKind.IMPORT)
    if not _jobs().has_file(found, Part.WRONG):
        tell("job_file_over")
        return go(url_for("staff.job", job_id=job_id))
    _jobs().records.note(found, member(), "fetch_rows_to_mend", desk().clock.now())
    return _download(_rows_to_mend(_imports(), found), "text/csv", "to-mend.csv")


def _rows_to_mend(imports: Imports, found: Job) -> Iterator[bytes]:
    columns = found.details["columns"]
    for place, (number, why, row) in enumerate(imports.to_mend(found)):
        out = BytesIO()
        cells = {name: harmless(as_text(row.get(name))) for name in columns if name not in (TO_MEND, ITS_ROW)}
        write_csv([{TO_MEND: why, ITS_ROW: number, **cells}], out, headings=place == 0)
        yield out.getvalue()


# --- taking out -----------------------------------------------------------------------------------------------------


def export_form() -> ResponseReturnValue:
    """Of what the inbox is narrowed to."""
    _exports()
    at = what_is_offered()
    wanted = Wanted.read(request.args, offer=at, finds=session.get("finds", {}))
    return render_template(
        "staff/export.html", once=uuid4(), wanted=wanted, offer=at, what=WHAT, formats=FORMATS, languages=LANGUAGES
    )


def ask_export() -> ResponseReturnValue:
    exports, at = _exports(), what_is_offered()
    wanted = Wanted.read(request.form, offer=at, finds=session.get("finds", {}))
    what, form = request.form.get("what", ""), request.form.get("format", "")
    if what not in WHAT or form not in FORMATS:
        abort(400)
    one = wanted.filter(offer=at, member=member(), with_safeguarding=handles_alerts(), today=desk().today(), zone=desk().zone)
    made = exports.ask(member(), what=what, form=form, wanted=one, once=drawn_with(request.form))
    return redirect(url_for("staff.job", job_id=made.id), code=303)


def fetch_export(job_id: UUID) -> ResponseReturnValue:
    found = _of_kind(job_id, JobKind.EXPORT)
    content = _exports().fetch(found, member(), handles_alerts=handles_alerts())
    if content is None:
        tell("job_file_over")
        return go(url_for("staff.job", job_id=job_id))
    form = str(found.details["format"])
    return _download(content, TYPES[form], f"earshot-{found.name}-{found.asked_at:%Y-%m-%d}.{form}")


# --- the parts of it ------------------------------------------------------------------------------------------------


def _page(found: Job, *, chosen: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> str:
    is_asking = found.kind is JobKind.IMPORT and found.state is JobState.ASKING
    preview = _imports().preview(found, today=desk().today()) if is_asking and not errors else None
    part = Part.WRONG if found.kind is JobKind.IMPORT else Part.FILE
    return render_template(
        "staff/job.html",
        job=found,
        fields=FIELDS,
        chosen=found.details.get("by_field", {}) if chosen is None else chosen,
        errors=errors or {},
        preview=preview,
        has_file=not found.is_under_way and _jobs().has_file(found, part),
    )


def _upload_form(error: str = "") -> str:
    _imports()
    return render_template(
        "staff/import_file.html",
        error=error,
        again=request.values.get("name", "")[:LONGEST_KIND],
        most_rows=MOST_ROWS,
        largest=LARGEST_FILE // (1024 * 1024),
    )


def _download(content: Iterator[bytes], mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _of_kind(job_id: UUID, kind: JobKind) -> Job:
    found = _jobs().mine(job_id, member())
    if found.kind is not kind:
        raise NotFound
    return found


def _jobs() -> Jobs:
    return desk().rooms.jobs or abort(404)


def _imports() -> Imports:
    return desk().rooms.imports or abort(404)


def _exports() -> Exports:
    return desk().rooms.exports or abort(404)
