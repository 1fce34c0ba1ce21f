"""Through a proxy: what it sees, what never goes through it, and who names it."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer, ThreadingTCPServer

import httpx
import pytest

from coinslot import AsyncPaymentTransport, PaymentTransport
from coinslot._proxies import AsyncDirectTransport, DirectTransport
from coinslot.errors import ConfigurationError, ServerUnavailable
from tests.runtime.studio import Studio

pytestmark = pytest.mark.loopback
HOST = "api.example.com"


def environ() -> dict[str, str]:
    return {**os.environ, "COINSLOT_EVM_KEY": "test:" + "44" * 32}


class _Says(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


class Proxy(ThreadingTCPServer):
    """Tunnels whatever is asked for to one place, and writes down what it sees."""

    daemon_threads = True

    def __init__(self, place: int, *, open_to: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.place = place
        self.open_to = open_to
        self.seen = b""
        self.asked: list[bytes] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Tunnel(StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        self.server.asked.append(head)
        if self.server.open_to and f"Basic {self.server.open_to}".encode() not in head:
            self.wfile.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.server.place)) as there:
            self.wfile.write(b"HTTP/1.1 200 Go on\r\n\r\n")
            back = threading.Thread(target=self._pass_on, args=(there, self.connection), daemon=True)
            back.start()
            self._pass_on(self.connection, there)
            back.join(5)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(4096):
                self.server.seen += piece
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def _served(server: TCPServer) -> Callable[[], None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the host's, and its key, made for this run."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "host.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def https(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The host, behind a certificate that the environment names; returns its port."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Says)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    stop = _served(server)
    yield server.server_port
    stop()


@pytest.fixture
def proxy(https: int) -> Iterator[Proxy]:
    made = Proxy(https)
    stop = _served(made)
    yield made
    stop()


def get(url: str, proxy: str | None = None) -> str:
    with httpx.Client(transport=PaymentTransport(environ=environ(), max_price="0.01", proxy=proxy)) as client:
        return client.get(url, headers={"X-Said": "quietly"}).text


def test_a_proxy_that_was_named_sees_the_host_and_nothing_more(proxy: Proxy) -> None:
    assert get(f"https://{HOST}/secret-path", proxy.address) == "hello"
    assert proxy.asked[0].startswith(f"CONNECT {HOST}:443 ".encode())
    seen = proxy.asked[0] + proxy.seen
    assert not [word for word in (b"secret-path", b"quietly", b"hello") if word in seen]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, proxy.address.removeprefix("http://" if name == "HTTPS_PROXY" else ""))
    assert get(f"https://{HOST}/") == "hello"
    assert len(proxy.asked) == 1


def test_the_asynchronous_twin(proxy: Proxy) -> None:
    async def aget() -> str:
        transport = AsyncPaymentTransport(environ=environ(), max_price="0.01", proxy=proxy.address)
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get(f"https://{HOST}/")).text

    assert asyncio.run(aget()) == "hello"
    assert len(proxy.asked) == 1


def test_a_proxy_that_knows_its_users(https: int) -> None:
    proxy = Proxy(https, open_to="bWU6cGFzcw==")
    stop = _served(proxy)
    try:
        assert get(f"https://{HOST}/", proxy.address.replace("http://", "http://me:pass@")) == "hello"
        with pytest.raises(ServerUnavailable, match="nothing was paid") as refused:
            get(f"https://{HOST}/", proxy.address.replace("http://", "http://me:wrong-one@"))
        assert "wrong-one" not in str(refused.value)
    finally:
        stop()


def test_nothing_for_this_machine_goes_through_it(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Says)
    stop = _served(server)
    for host in ("127.0.0.1", "localhost"):
        url = f"http://{host}:{server.server_port}/"
        assert get(url) == get(url, proxy.address) == "hello"
    with Studio(base_url=f"http://127.0.0.1:{server.server_port}", environ=environ()) as studio:
        line = studio._face.opened()
        assert line.plain.get(f"http://127.0.0.1:{server.server_port}/").text == "hello"
    stop()
    assert not proxy.asked


def test_files_are_fetched_through_it_too(proxy: Proxy) -> None:
    with Studio(proxy=proxy.address, environ=environ()) as studio:
        assert studio._face.opened().plain.get(f"https://{HOST}/file").text == "hello"
    assert len(proxy.asked) == 1


def test_what_the_environment_leaves_out_goes_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.com")
    for way in (DirectTransport(), AsyncDirectTransport()):
        assert way._named(f"https://{HOST}") is None
        assert way._named("https://elsewhere.org") == "http://127.0.0.1:9"
    assert DirectTransport("http://127.0.0.1:8")._named(f"https://{HOST}") == "http://127.0.0.1:8"


@pytest.mark.parametrize("named", ["ftp://proxy:1", "http://", "http://me:hunter2@[", "socks9://proxy"])
def test_what_is_no_proxy_is_refused_and_not_repeated(named: str) -> None:
    with pytest.raises(ConfigurationError, match="names no proxy") as refused:
        PaymentTransport(proxy=named)
    assert "hunter2" not in str(refused.value)


def test_a_transport_of_ones_own_goes_its_own_way() -> None:
    with pytest.raises(ConfigurationError, match="its own way"):
        PaymentTransport(httpx.HTTPTransport(), proxy="http://127.0.0.1:8")
