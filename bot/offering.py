"""What is answered to somebody who asks what we hold about them: a link at once, and a person for who cannot open it."""

from __future__ import annotations

from bot.conversation import AddTask, OfferMyData
from bot.draft import Draft

LINK = "my_data.link"
"""The key of the words with the link in them, which is drawn once the turn stands."""
_ASKED = "my_data_link"
"""What is remembered of a talk: how often a link was asked for, counted no further than matters."""
_MOST = 2


def offer_my_data(draft: Draft, *, formally: bool = False) -> None:
    """``formally``: they asked for it in so many words, as is their right; then a person sends all there is as well.

    Whoever asks a second time could not open the link, or it had run out: the same person, once, sends it by a day.
    """
    times = draft.conversation.asked.get(_ASKED, 0)
    keys, values = [LINK], {"my_data_url": ""}
    if formally or times == 1:
        task = AddTask("my_data", draft.script.hours.due_on("my_data", draft.now))
        if task not in draft.effects:
            draft.do(task)
        keys.append("mydata")
        values["due_by"] = task.due_on.isoformat()
        times = _MOST
    elif not times:
        keys.append("my_data.hint")
        times = 1
    if OfferMyData() not in draft.effects:
        draft.do(OfferMyData())
    draft.say(*keys, values=values)
    draft.change(asked={**draft.conversation.asked, _ASKED: times})
