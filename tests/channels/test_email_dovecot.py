"""The poller against a real IMAP server, where Debian's ``dovecot-imapd`` is installed."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ProviderUnavailable
from channels.email import EmailDoor
from channels.mail_in import MailPoller
from channels.mail_reading import MailReader
from tests.channels.mails import NAMES, account, raw
from tests.channels.test_email_mailbox import Kept

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/opt/dovecot/sbin")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(DOVECOT is None, reason="dovecot-imapd is not installed here")]

SHORT, LONG = timedelta(milliseconds=200), timedelta(seconds=20)

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
listen = 127.0.0.1
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
passdb {{
  driver = static
  args = password=a-password
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """One mailbox in a folder. What stands in ``new`` has come, and what Dovecot moved to ``cur`` has its flags in its name."""

    home: Path
    port: int
    delivered: int = 0

    def deliver(self, mail: bytes) -> None:
        self.delivered += 1
        waiting = self.home / "Maildir" / "tmp" / f"{self.delivered}"
        waiting.write_bytes(mail)
        waiting.chmod(0o666)
        waiting.rename(self.home / "Maildir" / "new" / f"{1_790_000_000 + self.delivered}.M{self.delivered}.test")

    @property
    def seen(self) -> int:
        return sum("S" in path.name.partition(":2,")[2] for path in (self.home / "Maildir" / "cur").iterdir())

    @property
    def url(self) -> str:
        return f"imap://send%40earshot.example:a-password@127.0.0.1:{self.port}/INBOX"


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="earshot-dovecot-"))  # a short path: a socket's name may not be long
    user, group = ("nobody", "nogroup") if os.getuid() == 0 else (getpass.getuser(), grp.getgrgid(os.getgid()).gr_name)
    for folder in ("tmp", "new", "cur"):
        (home / "Maildir" / folder).mkdir(parents=True)
    for made in (home, *home.rglob("*")):
        made.chmod(0o777)
    (home / "dovecot.conf").write_text(CONFIGURATION.format(home=home, port=port, user=user, group=group))
    assert DOVECOT is not None
    with subprocess.Popen([DOVECOT, "-F", "-c", str(home / "dovecot.conf")]) as process:
        _until(lambda: _answers(port), home)
        yield Dovecot(home, port)
        process.send_signal(signal.SIGTERM)
    shutil.rmtree(home, ignore_errors=True)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(so: Callable[[], bool], home: Path) -> None:
    for _ in range(100):
        if so():
            return
        time.sleep(0.1)
    pytest.fail((home / "log").read_text() if (home / "log").exists() else "Dovecot did not start.")


@pytest.fixture
def polling(dovecot: Dovecot) -> Iterator[MailPoller]:
    ours = account(imap_url=dovecot.url)
    made = MailPoller(ours, MailReader(ours))
    yield made
    made.close()


def test_every_odd_mail_comes_out_of_a_real_mailbox_as_it_went_in(dovecot: Dovecot, polling: MailPoller) -> None:
    kept = Kept()
    for name in NAMES:
        dovecot.deliver(raw(name))

    while polling.poll(kept, wait=SHORT):
        pass

    assert {message.raw for message in kept.messages} == {raw(name) for name in NAMES}
    assert len(kept.messages) == len(NAMES)
    assert dovecot.seen == len(NAMES)


def test_a_new_mail_wakes_the_one_who_waits(dovecot: Dovecot, polling: MailPoller) -> None:
    kept = Kept()
    polling.poll(kept, wait=SHORT)
    timer = threading.Timer(1.0, lambda: dovecot.deliver(raw("text")))
    timer.start()
    began = time.monotonic()

    assert polling.poll(kept, wait=LONG)
    timer.join()
    assert kept.ids == ["text"]
    assert time.monotonic() - began < LONG.total_seconds() / 2


def test_what_was_kept_is_not_handed_over_again_by_the_next_one(dovecot: Dovecot, polling: MailPoller) -> None:
    dovecot.deliver(raw("text"))
    polling.poll(Kept(), wait=SHORT)
    polling.close()
    ours, kept = account(imap_url=dovecot.url), Kept()
    another = MailPoller(ours, MailReader(ours))

    assert not another.poll(kept, wait=SHORT)
    another.close()
    assert kept.ids == []


def test_a_wrong_folder_and_a_wrong_password_are_said(dovecot: Dovecot) -> None:
    for wrong in (dovecot.url.replace("INBOX", "Nowhere"), dovecot.url.replace("a-password", "another")):
        ours = account(imap_url=wrong)
        with pytest.raises(ProviderUnavailable, match="EMAIL_IMAP_URL"):
            MailPoller(ours, MailReader(ours)).poll(Kept(), wait=SHORT)

    assert EmailDoor(account(imap_url=dovecot.url)).check()[0].ok
