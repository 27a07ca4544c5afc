"""TLS and HTTP/2: what a client speaks with the mock, and a certificate that cannot be used."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import ipaddress
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
SECONDS = 60


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for 127.0.0.1 and its key, and the key of another."""
    folder = tmp_path_factory.mktemp("tls")
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret: serialization.KeySerializationEncryption = serialization.BestAvailableEncryption(b"password")
    plain: serialization.KeySerializationEncryption = serialization.NoEncryption()
    for file, each, way in (
        ("key.pem", key, plain),
        ("other.pem", other, plain),
        ("locked.pem", key, secret),
    ):
        pem = each.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, way)
        (folder / file).write_bytes(pem)
    return folder


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["mock", "mock --http2", "serve"])
def test_a_signal_to_end_lets_what_is_being_answered_be_answered(command: str, number: int) -> None:
    name, *options = command.split()
    process = subprocess.Popen(
        [sys.executable, "-m", "treaty", name, "specs/newsdesk", "--quiet", "--port", "0", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = iter(process.stdout)
    url = next(line.split()[1] for line in lines if line.strip().startswith(("mock ", "service ")))
    next(line for line in lines if "Ctrl-C" in line)
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", "/users")  # answered by a server that is up
        connection.getresponse().read()
        connection.request("GET", "/users", headers={"prefer": "wait=900ms"} if name == "mock" else {})
        time.sleep(0.3)
        process.send_signal(number)
        answer = connection.getresponse()
        assert (answer.status, len(answer.read())) == (200, int(answer.headers["content-length"]))
    _, complained = process.communicate(timeout=SECONDS)
    assert (process.returncode, complained.strip()) == (0, "stopped")


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """The URL of a mock."""
    process = subprocess.Popen(
        [sys.executable, "-m", "treaty", "mock", "specs/newsdesk", "--quiet", "--port", "0", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield next(line.split()[1] for line in process.stdout if line.strip().startswith("mock "))
    process.send_signal(signal.SIGINT)
    _, complained = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert complained.strip() == "stopped"


def test_tls(files: Path) -> None:
    trusted = ssl.create_default_context(cafile=files / "cert.pem")
    options = ["--tls", str(files / "cert.pem"), "--tls-key", str(files / "key.pem"), "--auth", "verify"]
    with running(*options) as url, httpx.Client(verify=trusted) as client:
        assert url.startswith("https://127.0.0.1:")
        answer = client.get(f"{url}/users")
        assert (answer.status_code, answer.http_version) == (200, "HTTP/1.1")
        found = client.get(f"{url}/__treaty/auth/.well-known/openid-configuration").json()
        assert found["issuer"] == f"{url}/__treaty/auth"
        entries = client.get(f"{url}/__treaty/har").json()["log"]["entries"]
        assert entries[0]["request"]["url"] == f"{url}/users"


def test_http_2_by_tls(files: Path) -> None:
    trusted = ssl.create_default_context(cafile=files / "cert.pem")
    options = ["--http2", "--tls", str(files / "cert.pem"), "--tls-key", str(files / "key.pem")]
    with running(*options) as url, httpx.Client(verify=trusted, http2=True) as client:
        answer = client.get(f"{url}/users")
        assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
        assert client.get(f"{url}/users?limit=0").status_code == 422
        assert client.get(f"{url}/__treaty/exchanges").json()["last"] == 2
        plain = httpx.get(f"{url}/users", verify=trusted)
        assert plain.http_version == "HTTP/1.1"


def test_http_2_in_the_clear() -> None:
    with running("--http2") as url, httpx.Client(http1=False, http2=True) as client:
        answer = client.get(f"{url}/users")
        assert (answer.status_code, answer.http_version) == (200, "HTTP/2")


@pytest.mark.parametrize("key", ["other.pem", "locked.pem", "cert.pem"])
def test_a_certificate_that_cannot_be_used_is_said_and_ends_with_4(files: Path, key: str) -> None:
    options = ["--tls", str(files / "cert.pem"), "--tls-key", str(files / key)]
    done = subprocess.run(
        [sys.executable, "-m", "treaty", "mock", "specs/newsdesk", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert f"TLS cannot be served with {files / 'cert.pem'} and the key in {files / key}" in done.stderr
    assert "Traceback" not in done.stderr
