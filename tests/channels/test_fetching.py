"""What may be fetched, from where, and how much of it. X2 to X5 are rows of the table of known cases."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import MediaGone, MediaRefused, ProviderUnavailable
from channels.fetching import Download, is_public
from tests.channels.file_host import FileHost, certificate, file_host

NAME = "media.provider.example"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Names:
    """A name server: each answer in turn, the last for ever. ``asked`` is what it was asked for."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def host() -> Iterator[FileHost]:
    with file_host() as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[FileHost]:
    with file_host() as running:
        yield running


@pytest.fixture
def download() -> Download:
    return Download(hosts=["127.0.0.1"], allow_loopback=True, cap=1000)


def refused(download: Download, url: str, **how: object) -> str:
    with pytest.raises(MediaRefused) as raised:
        download.get(url, **how)  # type: ignore[arg-type] # a test gives the right ones
    return str(raised.value)


def test_a_file_of_the_providers_host_is_had_as_it_is(host: FileHost, download: Download) -> None:
    host.gives("/photo.jpg", b"\xff\xd8\x00photo")

    assert download.get(f"{host.url}/photo.jpg") == b"\xff\xd8\x00photo"


def test_headers_and_credentials_go_to_the_host_that_was_named(host: FileHost, download: Download) -> None:
    """X2: media is fetched with Basic auth."""
    host.gives("/photo.jpg", b"photo")

    download.get(f"{host.url}/photo.jpg", headers={"X-Provider": "ours"}, auth=("name", "secret"))

    assert host.headers[0]["authorization"] == "Basic bmFtZTpzZWNyZXQ="
    assert host.headers[0]["x-provider"] == "ours"


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/photo.jpg",  # X3
        "https://media.provider.example.evil.example/x",
        "https://evilprovider.example/x",
        "https://provider.example/x",
        "https://provider.example@evil.example/x",
        "https://user:secret@media.provider.example/x",
        "https://user@media.provider.example/x",
        "https://media.provider.example\\@evil.example/x",
        "http://media.provider.example/x",
        "ftp://media.provider.example/x",
        "file:///etc/passwd",
        "//media.provider.example/x",
        "media.provider.example/x",
        "https://[half/x",
        "https://media.provider.example:99999/x",
        "https://169.254.169.254/latest/meta-data",
        "https:///x",
        "",
        "\x00",
    ],
)
def test_what_is_not_at_the_providers_host_is_not_even_looked_up(url: str) -> None:
    """X3: media on another host is not fetched."""
    names = Names(["93.184.215.14"])

    refused(Download(hosts=[".provider.example", NAME], resolve=names), url)

    assert names.asked == []


@pytest.mark.parametrize("url", [f"https://{NAME}/x", "https://MEDIA.Provider.Example/x", "https://a.b.provider.example/x"])
def test_a_host_below_the_one_that_is_named_will_do(url: str) -> None:
    names = Names(["10.0.0.1"])

    assert "not public" in refused(Download(hosts=[".provider.example"], resolve=names), url)
    assert len(names.asked) == 1


PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:100.64.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:a00:1::",
    "2002:7f00:1::",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_no_public_address_is_refused(address: str) -> None:
    """X4: a media host that resolves to 169.254… or a private range is not fetched from."""
    download = Download(hosts=[NAME], resolve=Names([address]))

    assert "not public" in refused(download, f"https://{NAME}/x")


def test_one_address_that_is_not_public_spoils_them_all() -> None:
    """X4."""
    assert "not public" in refused(Download(hosts=[NAME], resolve=Names(["93.184.215.14", "10.0.0.1"])), f"https://{NAME}/x")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"])
def test_public_addresses_are_known_as_such(address: str) -> None:
    assert is_public(address)


def test_with_a_stand_in_allowed_plain_http_is_for_this_machine_only() -> None:
    download = Download(hosts=[NAME], resolve=Names(["93.184.215.14"]), allow_loopback=True)

    assert "not public" in refused(download, f"http://{NAME}/x")


def test_a_stand_in_does_not_open_the_private_ranges() -> None:
    download = Download(hosts=[NAME], resolve=Names(["10.0.0.1"]), allow_loopback=True)

    assert "not public" in refused(download, f"https://{NAME}/x")


class TestTls:
    """The name server is asked once, the answer is what is connected to, and TLS speaks of the name all the same."""

    @pytest.fixture
    def trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileHost]:
        context, file = certificate(tmp_path, NAME)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
        with file_host(tls=context) as running:
            running.gives("/photo.jpg", b"photo")
            yield running

    def test_the_address_that_was_looked_at_is_the_one_connected_to(self, trusted: FileHost) -> None:
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        download = Download(hosts=[NAME], resolve=names, allow_loopback=True)

        assert download.get(f"https://{NAME}:{trusted.port}/photo.jpg") == b"photo"
        assert names.asked == [NAME]
        assert trusted.headers[0]["host"] == f"{NAME}:{trusted.port}"

    def test_an_address_that_answers_nobody_is_followed_by_the_next(self, trusted: FileHost) -> None:
        download = Download(hosts=[NAME], resolve=Names(["127.0.0.9", "127.0.0.1"]), allow_loopback=True)

        assert download.get(f"https://{NAME}:{trusted.port}/photo.jpg") == b"photo"

    def test_a_server_that_proves_another_name_is_told_nothing(self, trusted: FileHost) -> None:
        download = Download(hosts=["other.example"], resolve=Names(["127.0.0.1"]), allow_loopback=True)

        with pytest.raises(ProviderUnavailable):
            download.get(f"https://other.example:{trusted.port}/photo.jpg", auth=("name", "secret"))
        assert trusted.asked == []

    def test_a_server_that_nobody_vouches_for_is_told_nothing(
        self, trusted: FileHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, another = certificate(tmp_path, "another.example")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(another))
        download = Download(hosts=[NAME], resolve=Names(["127.0.0.1"]), allow_loopback=True)

        with pytest.raises(ProviderUnavailable):
            download.get(f"https://{NAME}:{trusted.port}/photo.jpg")
        assert trusted.asked == []

    def test_a_redirect_from_https_to_http_is_refused(self, trusted: FileHost) -> None:
        trusted.sends_on("/moved", f"http://{NAME}/photo.jpg")
        download = Download(hosts=[NAME], resolve=Names(["127.0.0.1"], ["93.184.215.14"]), allow_loopback=True)

        assert "not public" in refused(download, f"https://{NAME}:{trusted.port}/moved")


class TestRedirects:
    def test_a_redirect_to_a_host_that_was_not_named_is_refused(self, host: FileHost, download: Download) -> None:
        """X3."""
        host.sends_on("/moved", "https://elsewhere.example/photo.jpg")

        assert "own host" in refused(download, f"{host.url}/moved", auth=("name", "secret"))

    def test_a_redirect_to_a_named_host_at_a_private_address_is_refused(self, host: FileHost) -> None:
        """X4: each address on the way is looked at anew."""
        host.sends_on("/moved", f"https://{NAME}/photo.jpg")
        names = Names(["127.0.0.1"], ["169.254.169.254"])
        download = Download(hosts=["127.0.0.1"], resolve=names, allow_loopback=True)

        assert "not public" in refused(download, f"{host.url}/moved", then=[NAME])
        assert names.asked == ["127.0.0.1", NAME]

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_what_we_prove_ourselves_with_never_goes_to_a_second_host(
        self, host: FileHost, elsewhere: FileHost, status: int
    ) -> None:
        """X2: Twilio's 307 leads to its CDN, which is not to see the auth token."""
        host.sends_on("/moved", f"http://localhost:{elsewhere.port}/photo.jpg", status=status)
        elsewhere.gives("/photo.jpg", b"photo")
        download = Download(hosts=["127.0.0.1"], resolve=Names(["127.0.0.1"]), allow_loopback=True)

        got = download.get(f"{host.url}/moved", headers={"X-Secret": "s"}, auth=("name", "secret"), then=["localhost"])

        assert got == b"photo"
        assert "authorization" in host.headers[0]
        assert not {"authorization", "x-secret"} & elsewhere.headers[0].keys()

    def test_a_second_port_of_the_same_host_is_another_host(
        self, host: FileHost, elsewhere: FileHost, download: Download
    ) -> None:
        host.sends_on("/moved", f"{elsewhere.url}/photo.jpg")
        elsewhere.gives("/photo.jpg", b"photo")

        download.get(f"{host.url}/moved", auth=("name", "secret"))

        assert "authorization" not in elsewhere.headers[0]

    def test_a_redirect_within_the_host_keeps_what_it_was_given(self, host: FileHost, download: Download) -> None:
        host.sends_on("/moved", "photo.jpg")
        host.gives("/photo.jpg", b"photo")

        assert download.get(f"{host.url}/moved", auth=("name", "secret")) == b"photo"
        assert all("authorization" in headers for headers in host.headers)

    def test_three_redirects_are_followed_and_a_fourth_is_not(self, host: FileHost, download: Download) -> None:
        for step in range(4):
            host.sends_on(f"/{step}", f"/{step + 1}")
        host.gives("/4", b"photo")

        assert download.get(f"{host.url}/1") == b"photo"
        assert "one address to the next" in refused(download, f"{host.url}/0")

    def test_the_body_of_a_redirect_is_not_read(self, host: FileHost) -> None:
        host.drips("/moved", before=b"HTTP/1.0 307 Moved\r\nLocation: /photo.jpg\r\n\r\n")
        host.gives("/photo.jpg", b"photo")
        download = Download(hosts=["127.0.0.1"], allow_loopback=True, total=timedelta(seconds=2))

        assert download.get(f"{host.url}/moved") == b"photo"

    @pytest.mark.parametrize(
        "to", ["", "https://[half/x", "https://127.0.0.1:99999/", "file:///etc/passwd", "javascript:alert(1)"]
    )
    def test_a_redirect_that_leads_nowhere_is_refused(self, host: FileHost, download: Download, to: str) -> None:
        host.sends_on("/moved", to)

        refused(download, f"{host.url}/moved")


class TestSizeAndTime:
    def test_a_file_as_large_as_may_be_is_had(self, host: FileHost, download: Download) -> None:
        host.gives("/photo.jpg", b"x" * 1000)

        assert len(download.get(f"{host.url}/photo.jpg")) == 1000

    @pytest.mark.parametrize("length", ["1001", "9" * 400])
    def test_a_file_that_announces_itself_too_large_is_not_read(self, host: FileHost, download: Download, length: str) -> None:
        host.gives("/photo.jpg", headers={"Content-Length": length})

        assert "too large" in refused(download, f"{host.url}/photo.jpg")

    @pytest.mark.parametrize("headers", [{}, {"Content-Length": "many"}])
    def test_a_file_that_turns_out_too_large_is_left(self, host: FileHost, download: Download, headers: dict[str, str]) -> None:
        host.gives("/photo.jpg", b"x" * 1_000_000, headers=headers)

        assert "too large" in refused(download, f"{host.url}/photo.jpg")

    def test_a_packed_file_does_not_unfold_here(self, host: FileHost, download: Download) -> None:
        host.gives("/bomb", b"packed", headers={"Content-Length": "6", "Content-Encoding": "gzip"})

        assert download.get(f"{host.url}/bomb") == b"packed"

    def test_half_a_file_is_no_file(self, host: FileHost, download: Download) -> None:
        host.gives("/photo.jpg", b"half", headers={"Content-Length": "8"})

        with pytest.raises(ProviderUnavailable):
            download.get(f"{host.url}/photo.jpg")

    @pytest.mark.parametrize(
        "before",
        [b"", b"HTTP/1.0 200 OK\r\nX-Slow: ", b"HTTP/1.0 200 OK\r\nContent-Length: 900\r\n\r\n"],
        ids=["status", "headers", "body"],
    )
    def test_a_slow_drip_ends_when_the_time_is_over(self, host: FileHost, before: bytes) -> None:
        """Thirty seconds in life; a fraction of one here."""
        host.drips("/slow", before=before)
        download = Download(hosts=["127.0.0.1"], allow_loopback=True, total=timedelta(seconds=0.4))
        started = time.monotonic()

        with pytest.raises(ProviderUnavailable, match="too long"):
            download.get(f"{host.url}/slow")
        assert time.monotonic() - started < 3

    def test_a_handshake_that_never_comes_ends_when_the_time_is_over(self) -> None:
        download = Download(hosts=[NAME], resolve=Names(["127.0.0.1"]), allow_loopback=True, total=timedelta(seconds=0.4))
        started = time.monotonic()

        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            with pytest.raises(ProviderUnavailable):
                download.get(f"https://{NAME}:{silent.getsockname()[1]}/x")
        assert time.monotonic() - started < 3

    def test_thirty_seconds_and_sixteen_megabytes_are_what_a_file_is_given(self) -> None:
        download = Download(hosts=[NAME])

        assert (download._total, download._cap) == (30.0, 16 * 1024 * 1024)


class TestAnswers:
    @pytest.mark.parametrize("status", [404, 410])
    def test_what_is_gone_is_gone(self, host: FileHost, download: Download, status: int) -> None:
        host.gives("/photo.jpg", status=status)

        with pytest.raises(MediaGone):
            download.get(f"{host.url}/photo.jpg")

    @pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
    def test_what_may_be_had_later_is_not_given_up(self, host: FileHost, download: Download, status: int) -> None:
        """X5: a download that fails with credentials is tried again later, with them."""
        host.gives("/photo.jpg", status=status)

        with pytest.raises(ProviderUnavailable) as raised:
            download.get(f"{host.url}/photo.jpg", auth=("name", "secret"))
        assert raised.value.code == str(status)
        assert all("authorization" in headers for headers in host.headers)

    @pytest.mark.parametrize("status", [204, 206, 304, 400, 451])
    def test_any_other_answer_is_no_file(self, host: FileHost, download: Download, status: int) -> None:
        host.gives("/photo.jpg", status=status)

        refused(download, f"{host.url}/photo.jpg")

    def test_a_name_that_leads_nowhere_is_for_later(self) -> None:
        def nobody(*_: object, **__: object) -> list[tuple[object, ...]]:
            raise socket.gaierror(-2, "Name or service not known")

        for resolve in (nobody, Names([])):
            with pytest.raises(ProviderUnavailable):
                Download(hosts=[NAME], resolve=resolve).get(f"https://{NAME}/x")

    def test_a_host_that_does_not_answer_is_for_later(self, download: Download) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            with pytest.raises(ProviderUnavailable):
                download.get(f"http://127.0.0.1:{closed.getsockname()[1]}/x")

    def test_no_failure_tells_the_address_or_a_secret(
        self, host: FileHost, download: Download, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        host.gives("/bot1:token/photo.jpg", b"half", headers={"Content-Length": "8"})
        with pytest.raises(ProviderUnavailable) as raised:
            download.get(f"{host.url}/bot1:token/photo.jpg", auth=("name", "secret"))

        shown = f"{raised.value!r} {raised.value.__cause__!r} {raised.value.__suppress_context__} {caplog.text} {download!r}"
        assert "token" not in shown
        assert "secret" not in shown
        assert "True" in shown


class TestProxy:
    """The standard variables are honoured; then the proxy looks names up, and the list of hosts is the guard."""

    @pytest.fixture
    def proxy(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileHost]:
        with file_host() as running:
            monkeypatch.setenv("HTTPS_PROXY", running.url)
            yield running

    def test_the_proxy_is_asked_by_name_and_nothing_is_looked_up_here(self, proxy: FileHost) -> None:
        names = Names(["10.0.0.1"])
        with pytest.raises(ProviderUnavailable):
            Download(hosts=[NAME], resolve=names).get(f"https://{NAME}/x", auth=("name", "secret"))

        assert proxy.asked == [f"CONNECT {NAME}:443"]
        assert "authorization" not in proxy.headers[0]
        assert names.asked == []

    def test_the_list_of_hosts_stands_before_the_proxy(self, proxy: FileHost) -> None:
        refused(Download(hosts=[NAME]), "https://elsewhere.example/x")

        assert proxy.asked == []

    def test_an_address_that_two_readers_read_differently_reaches_neither_host(self, proxy: FileHost) -> None:
        """One reader ends the name at the backslash, the other at the slash; and the proxy asks whom it is told."""
        names = Names(["93.184.215.14"])
        download = Download(hosts=[".provider.example"], resolve=names)

        assert "two ways" in refused(download, "https://evil.example\\.provider.example/x", auth=("name", "secret"))
        assert (proxy.asked, names.asked) == ([], [])

    def test_what_is_to_go_past_the_proxy_is_guarded_as_ever(self, proxy: FileHost, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_PROXY", ".provider.example")

        assert "not public" in refused(Download(hosts=[NAME], resolve=Names(["10.0.0.1"])), f"https://{NAME}/x")
        assert proxy.asked == []

    def test_a_stand_in_on_this_machine_is_not_behind_it(
        self, proxy: FileHost, host: FileHost, download: Download, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        host.gives("/photo.jpg", b"photo")

        assert download.get(f"{host.url}/photo.jpg") == b"photo"
        assert proxy.asked == []


def test_no_netrc_file_adds_a_password(host: FileHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    host.gives("/photo.jpg", b"photo")
    download = Download(hosts=["localhost.example"], resolve=Names(["127.0.0.1"]), allow_loopback=True)

    assert download.get(f"http://localhost.example:{host.port}/photo.jpg") == b"photo"
    assert "authorization" not in host.headers[0]
