"""An application with one webhook that takes everything, to be served by a real server."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from bot.events import Event
from channels.base import Answer, Gate, Webhook
from channels.webhooks import webhook_blueprint


class OpenDoor(Gate):
    def verify(self, webhook: Webhook) -> None:
        pass

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        return ()

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        return Answer()


class KeepsNothing:
    def receive(self, events: Sequence[Event], /) -> None:
        pass


def create_app() -> Flask:
    app = Flask(__name__)
    app.register_blueprint(webhook_blueprint({"/in": OpenDoor()}, KeepsNothing(), "https://earshot.example"))
    return app
