"""All views of the team's site, in one list."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from staff.views.account import add_account
from staff.views.action_requests import add_action_requests
from staff.views.actions import add_actions
from staff.views.alerts import add_alerts
from staff.views.campaigns import add_campaigns
from staff.views.channel_log import add_channel_log
from staff.views.comments import add_comments
from staff.views.council import add_council
from staff.views.deletions import add_deletions
from staff.views.desk_work import add_desk_work
from staff.views.door import add_door
from staff.views.enter import add_enter
from staff.views.experience import add_experience
from staff.views.files import add_files
from staff.views.guide import add_guide
from staff.views.hold import add_hold
from staff.views.inbox import add_inbox
from staff.views.invitation import add_invitation
from staff.views.jobs import add_jobs
from staff.views.looked import add_looked
from staff.views.loose import add_loose
from staff.views.matters import add_matters
from staff.views.milestones import add_milestones
from staff.views.names import add_names
from staff.views.own_themes import add_own_themes
from staff.views.partner import add_partner
from staff.views.passages import add_passages
from staff.views.passing import add_passing
from staff.views.passkeys import add_passkeys
from staff.views.removing import add_removing
from staff.views.review import add_review
from staff.views.same import add_same
from staff.views.saved_replies import add_saved_replies
from staff.views.second_step import add_second_step
from staff.views.sure_ones import add_sure_ones
from staff.views.tagger import add_tagger
from staff.views.tasks import add_tasks
from staff.views.team import add_team
from staff.views.today import add_today
from staff.views.translate import add_translate
from staff.views.words import add_words

VIEWS: tuple[Callable[[Blueprint], None], ...] = (
    add_door,
    add_council,
    add_invitation,
    add_account,
    add_partner,
    add_team,
    add_second_step,
    add_passkeys,
    add_inbox,
    add_review,
    add_sure_ones,
    add_experience,
    add_looked,
    add_passing,
    add_desk_work,
    add_passages,
    add_removing,
    add_hold,
    add_saved_replies,
    add_tasks,
    add_today,
    add_translate,
    add_files,
    add_alerts,
    add_loose,
    add_enter,
    add_jobs,
    add_comments,
    add_deletions,
    add_names,
    add_same,
    add_milestones,
    add_actions,
    add_action_requests,
    add_matters,
    add_campaigns,
    add_channel_log,
    add_guide,
    add_own_themes,
    add_tagger,
    add_words,
)
