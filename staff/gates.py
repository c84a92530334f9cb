"""Which role may open which page and press which button: one row for each route, looked at before anything else is.

What stands with a record (whose alert it is, whether a family agreed) is the business of ``bot``; a role that may not come
in at all is turned away here, and learns nothing of whether the record exists.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.wall import AT_WORK, Role

Who = frozenset[Role]

EVERYBODY: Who = frozenset(Role)
READERS: Who = frozenset({Role.VIEWER, Role.REVIEWER, Role.PUBLISHER, Role.SAFEGUARDING})
"""Who reads what families told, each as far as the wall lets them."""
WORKERS: Who = AT_WORK
"""Who decides and answers."""
PUBLISHERS: Who = frozenset({Role.PUBLISHER})
"""Who puts words before the public, and has many families told of them."""
ADMINS: Who = frozenset({Role.ADMIN})
"""They keep the accounts and the machinery, and read nothing that families told."""
TEAM: Who = READERS | ADMINS
KEEPERS: Who = frozenset({Role.PUBLISHER, Role.SAFEGUARDING})
"""Who says to which addresses families' words may be sent."""
LOOKERS: Who = frozenset({Role.PUBLISHER, Role.SAFEGUARDING, Role.ADMIN})
"""Who sees who has looked."""
PARTNERS: Who = frozenset({Role.PARTNER, Role.PUBLISHER, Role.SAFEGUARDING})
"""Who sees the partners' page: the partners, and those who must know what partners see."""

_ROWS: tuple[tuple[Who, str], ...] = (
    (EVERYBODY, "home sign_out account end_session sign_out_everywhere change_password nowhere"),
    (EVERYBODY, "add_passkey rename_passkey remove_passkey"),
    (EVERYBODY, "second_step try_second_step two_step begin_two_step confirm_two_step new_codes"),
    (ADMINS, "team change_role reset_two_step remove_member invite_member new_link rename_member let_member_in"),
    (ADMINS | KEEPERS, "see_team_change"),
    (PARTNERS, "partner"),
    # no words of families in these
    (TEAM, "themes listener channel_log words word_changes word_edition word_history word_version word_file word_text"),
    (WORKERS | ADMINS, "propose_words publish_words go_back_words"),
    (TEAM, "own_themes"),
    (WORKERS | ADMINS, "add_theme rename_theme retire_theme retag stop_retag"),
    (WORKERS, "theme_from_matter"),
    # what families told
    (READERS, "inbox find experience loose_alert compare same tasks task"),
    (READERS, "campaigns campaign poster campaign_answers comments deletions milestones matters entered"),
    (READERS, "save_view view_first drop_view today"),
    (READERS, "actions action preview_action"),
    (WORKERS, "new_action make_action edit_action change_action link_theme unlink_action link_action link_ticked ask_publisher"),
    (WORKERS, "withdraw_request"),
    (PUBLISHERS, "publish_action take_action_back quote_in_action tell_people stop_telling answer_request"),
    (WORKERS, "give snooze set_due write_note still_here last_deeds undo_deed"),
    (WORKERS, "file ask_to_show shown_file accept correct mark_read finish_task reach release hide_word leave_words"),
    (READERS, "released"),
    (WORKERS, "alerts rota keep_rota drill take_drill alert_sheet alert_sheet_text release_passages take_back_release"),
    (WORKERS, "take_alert close_alert take_loose_alert close_loose_alert hand_alert open_words clear_alerts clear_loose_alert"),
    (WORKERS, "jobs job stop_job import_file upload_import choose_columns mend_sheet export_form ask_export fetch_export"),
    (WORKERS, "show_original looked_alert"),
    (READERS, "passed_on passing"),
    (WORKERS, "pass_on preview_passing send_passing send_passing_again answer_passing call_passing_back recipients"),
    (KEEPERS, "add_recipient retire_recipient"),
    (LOOKERS, "looked look_for find_looked"),
    (WORKERS, "link part enter keep_entry translate enter_translation"),
    (WORKERS, "saved_replies new_saved_reply add_saved_reply saved_reply change_saved_reply retire_saved_reply"),
    (WORKERS, "put_back_saved_reply use_saved_reply"),
    (WORKERS, "write preview typed send ask_to_write take_back_letter take_talk give_talk_back keep_talk"),
    (WORKERS, "take_task give_task put_back_task move_task close_task reach_of_task"),
    (WORKERS, "show_author invite finish_deletion invite_to_campaign stop_inviting"),
    (WORKERS, "set_matter_aside put_matter_back give_milestone take_milestone_back give_milestone_to_theme"),
    (WORKERS, "ask_to_remove remove_passage put_back_passage"),
    (WORKERS, "passages split_passage join_passages review review_passage decide_passage undo_last undo_reading review_keys"),
    (WORKERS, "review_check sure_ones check_sure_ones sure_check accept_sure_ones agreement set_share take_theme_milestone_back"),
)

ROWS: Mapping[str, Who] = {f"staff.{name}": who for who, names in _ROWS for name in names.split()}
"""Who may, by endpoint. The way in, and files that hold nothing, are not here: they are everybody's."""


def may_enter(endpoint: str, role: str) -> bool:
    """A route that was given no row is closed to all but those who work with what families told."""
    return role in ROWS.get(endpoint, WORKERS)


def first_page(role: str) -> str:
    """Where somebody begins."""
    match role:
        case Role.ADMIN:
            return "staff.team"
        case Role.PARTNER:
            return "staff.partner"
        case _:
            return "staff.inbox"
