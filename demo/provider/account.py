"""The account at the stand-in: what it was asked, what it took, what is to go wrong, what it reports back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event, Lock

from demo.provider.callbacks import Callback, Callbacks
from demo.provider.inbound import ACCOUNT_SID, AUTH_TOKEN, SMS_NUMBER, WHATSAPP_NUMBER, new_sid
from demo.provider.refusals import Form, Refusal, Rules, check_message
from demo.provider.troubles import Trouble

_STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_STARTS = frozenset({"START", "YES", "UNSTOP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the stand-in, as it came. ``form`` holds the fields of a POST, or the query of a GET."""

    method: str
    path: str
    form: Form = field(repr=False)

    def one(self, name: str) -> str | None:
        return self.form[name][0] if name in self.form else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message the stand-in has taken to send. ``sender`` may be blank until a Messaging Service has chosen one."""

    sid: str
    to: str
    sender: str
    body: str
    status: str
    created_at: datetime
    service: str = ""
    media: tuple[str, ...] = ()
    callback: str = ""
    error_code: int | None = None
    form: Form = field(default_factory=dict, repr=False)


class Provider:
    """The account, what it was asked and what it took. Safe between threads."""

    def __init__(
        self,
        *,
        account_sid: str = ACCOUNT_SID,
        tokens: Sequence[str] = (AUTH_TOKEN,),
        senders: Iterable[str] = (SMS_NUMBER, f"whatsapp:{WHATSAPP_NUMBER}"),
        services: Iterable[str] = (),
        reports: Sequence[str] = (),
        callback_origin: str | None = None,
        pace: float = 0.0,
        redacted: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``reports``: the words of the status callbacks of each message, such as ``queued``, ``sent``, ``delivered``.

        ``pace``: seconds before each of them. ``redacted``: message redaction is on, so that the list shows no words.
        """
        self.account_sid = account_sid
        self.tokens = tuple(tokens)
        self.redacted = redacted
        self.url = ""
        self.calls: list[Call] = []
        self.opted_out: set[str] = set()
        self.choose_trouble: Callable[[Call], Trouble | None] = lambda _: None
        self.stopping = Event()
        self._messages: dict[str, Taken] = {}
        self._rules = Rules(senders=frozenset(senders), services=frozenset(services), opted_out=self.opted_out)
        self._reports = tuple(reports)
        self._undeliverable: dict[str, int] = {}
        self._troubles: dict[str, deque[Trouble]] = {"POST": deque(), "GET": deque()}
        self._pace = pace
        self._now = now
        self._lock = Lock()
        self.callbacks = Callbacks(
            account_sid=account_sid,
            token=self.tokens[0],
            origin=callback_origin,
            before=self._advance,
        )

    @property
    def taken(self) -> tuple[Taken, ...]:
        """Every message that was made, oldest first, with what has become of it."""
        with self._lock:
            return tuple(self._messages.values())

    def fail_next(self, *troubles: Trouble, method: str = "POST") -> None:
        """What goes wrong with the next calls, one each: those that make a message, or with GET those that ask."""
        self._troubles[method].extend(troubles)

    def fail_delivery(self, to: str, code: int) -> None:
        """Messages to this address are taken and then reported as not delivered, with this error."""
        self._undeliverable[to] = code

    def hear(self, sender: str, body: str) -> None:
        """A text came in: STOP and START as the whole message change what Twilio will send to that number."""
        word = body.strip().upper()
        if word in _STOPS:
            self.opted_out.add(sender)
        elif word in _STARTS:
            self.opted_out.discard(sender)

    def to(self, address: str) -> tuple[Taken, ...]:
        """The messages taken for an address, oldest first."""
        return tuple(message for message in self.taken if message.to == address)

    def called(self, call: Call) -> Trouble | None:
        """Note a call; what is to go wrong with it, if anything."""
        with self._lock:
            self.calls.append(call)
            waiting = self._troubles.get(call.method)
            return waiting.popleft() if waiting else self.choose_trouble(call)

    def take(self, call: Call) -> Taken | Refusal:
        """Make the message, or say what Twilio would find wrong with it."""
        if wrong := check_message(call.form, self._rules):
            return wrong
        service = call.one("MessagingServiceSid") or ""
        message = Taken(
            sid=new_sid("MM" if "MediaUrl" in call.form else "SM"),
            to=call.one("To") or "",
            sender=call.one("From") or "",
            body=call.one("Body") or "",
            status="accepted" if service else "queued",
            created_at=self._now(),
            service=service,
            media=tuple(call.form.get("MediaUrl", ())),
            callback=call.one("StatusCallback") or "",
            form=call.form,
        )
        with self._lock:
            self._messages[message.sid] = message
        if message.callback and self._reports:
            self.callbacks.report(self._callbacks(message))
        return message

    def listed(self, *, to: str | None = None, sender: str | None = None) -> list[Taken]:
        """The messages there are, newest first."""
        found = [message for message in self.taken if to in {None, message.to} and sender in {None, message.sender}]
        shown = [replace(message, body="") for message in found] if self.redacted else found
        return shown[::-1]

    def _advance(self, callback: Callback) -> None:
        """Just before a status is reported, it is true."""
        self.stopping.wait(self._pace)
        with self._lock:
            message = self._messages[callback.sid]
            self._messages[callback.sid] = replace(message, status=callback.status, error_code=callback.error_code)

    def _callbacks(self, message: Taken) -> list[Callback]:
        code = self._undeliverable.get(message.to)
        whatsapp = message.to.startswith("whatsapp:")
        words = [*self._reports] if code is None else ["failed" if whatsapp else "undelivered"]
        return [
            Callback(
                url=message.callback,
                status=word,
                sid=message.sid,
                to=message.to,
                sender=message.sender,
                error_code=code,
                done_at=self._now().strftime("%y%m%d%H%M") if word in {"delivered", "undelivered"} else "",
            )
            for word in words
        ]
