"""The tables, by topic. Models do not validate: values come from the typed records of ``bot``, CHECKs guard the rest."""

from storage.tables.actions import action, action_change, action_edition, action_link, action_request, action_round, action_told
from storage.tables.base import METADATA
from storage.tables.campaigns import campaign_answer, campaign_invitation, campaign_response, campaign_round
from storage.tables.channel_log import channel_log
from storage.tables.desk import deed, looking, staff_note
from storage.tables.door import recovery_code, second_step, sign_in_try, staff_identity, staff_passkey, staff_session
from storage.tables.erasures import erased_address, erasure, taken_back
from storage.tables.experiences import decision, experience, passage, suggestion
from storage.tables.jobs import exported, job, job_piece
from storage.tables.keeping import audit, audit_head, data_key, deletion_request, shift
from storage.tables.letters import draft, letter
from storage.tables.matters import matter, matter_round, matter_told
from storage.tables.media import media
from storage.tables.messages import inbound_message, outbound_message
from storage.tables.naming import name_word
from storage.tables.own_themes import past_suggestion, retag, theme_change
from storage.tables.passing import passed_on, recipient
from storage.tables.people import address, consent, contact, contact_link, conversation, suppression, task
from storage.tables.promises import milestone, missed_promise
from storage.tables.removing import removed_passage
from storage.tables.resuming import resume_code, resume_try
from storage.tables.reviewing import bulk_check, preference, reading, review_claim, team_setting
from storage.tables.safeguarding import alert, alert_call, alert_drill, alert_handing, alert_release, rota_version, staff
from storage.tables.saved_replies import saved_reply
from storage.tables.searching import search_text, search_vocabulary
from storage.tables.taggers import tagger
from storage.tables.team import staff_invitation, team_change
from storage.tables.translations import translation
from storage.tables.views import saved_view
from storage.tables.words import word_draft, word_version

__all__ = [
    "METADATA",
    "action",
    "action_change",
    "action_edition",
    "action_link",
    "action_request",
    "action_round",
    "action_told",
    "address",
    "alert",
    "alert_call",
    "alert_drill",
    "alert_handing",
    "alert_release",
    "audit",
    "audit_head",
    "bulk_check",
    "campaign_answer",
    "campaign_invitation",
    "campaign_response",
    "campaign_round",
    "channel_log",
    "consent",
    "contact",
    "contact_link",
    "conversation",
    "data_key",
    "decision",
    "deed",
    "deletion_request",
    "draft",
    "erased_address",
    "erasure",
    "experience",
    "exported",
    "inbound_message",
    "job",
    "job_piece",
    "letter",
    "looking",
    "matter",
    "matter_round",
    "matter_told",
    "media",
    "milestone",
    "missed_promise",
    "name_word",
    "outbound_message",
    "passage",
    "passed_on",
    "past_suggestion",
    "preference",
    "reading",
    "recipient",
    "recovery_code",
    "removed_passage",
    "resume_code",
    "resume_try",
    "retag",
    "review_claim",
    "rota_version",
    "saved_reply",
    "saved_view",
    "search_text",
    "search_vocabulary",
    "second_step",
    "shift",
    "sign_in_try",
    "staff",
    "staff_identity",
    "staff_invitation",
    "staff_note",
    "staff_passkey",
    "staff_session",
    "suggestion",
    "suppression",
    "tagger",
    "taken_back",
    "task",
    "team_change",
    "team_setting",
    "theme_change",
    "translation",
    "word_draft",
    "word_version",
]
