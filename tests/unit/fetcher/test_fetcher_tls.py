"""Portals over HTTPS: old servers on request, wrong certificates never."""

import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from tests.unit.fetcher.fetcher_serving import answering
from tests.unit.fetcher.fetcher_sites import FIRST, Site, pages, portal_of, rows

SITE = {"/list.html": rows(("/a/t20240205_1.html", FIRST)), **pages("/a/t20240205_1.html")}
Server = Callable[[ssl.SSLContext], None]


def certificate(folder: Path, address: str, bits: int) -> Path:
    """A certificate of its own making for `address`, with its key, in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    file = folder / f"{address}-{bits}.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def modern(_context: ssl.SSLContext) -> None: ...


def static_rsa(context: ssl.SSLContext) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")


def tls_1_0(context: ssl.SSLContext) -> None:
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(
    ("server", "bits", "address", "tls", "outcome"),
    [
        (modern, 2048, "127.0.0.1", None, "ok"),
        (static_rsa, 1024, "127.0.0.1", None, "unreachable"),
        (static_rsa, 1024, "127.0.0.1", "legacy", "ok"),
        (tls_1_0, 2048, "127.0.0.1", None, "unreachable"),
        (tls_1_0, 2048, "127.0.0.1", "legacy", "ok"),
        (tls_1_0, 2048, "127.0.0.2", "legacy", "unreachable"),
    ],
)
async def test_old_servers_are_read_on_request_and_only_under_their_own_name(
    server: Server,
    bits: int,
    address: str,
    tls: str | None,
    outcome: str,
    trusted: bool,
    means: PollContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = certificate(tmp_path, address, bits)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(file)
    server(context)
    site = Site(SITE)
    with answering(site, context) as base_url:
        result = await poll(portal_of("trs_wcm", ["/list.html"], base_url, tls=tls), means)
    assert result.outcome == (outcome if trusted else "unreachable"), result.reason
    assert bool(site.asked) == (result.outcome == "ok")


@pytest.mark.parametrize(
    ("address", "pin", "with_ca", "outcome"),
    [
        ("127.0.0.1", None, False, "unreachable"),
        ("127.0.0.1", None, True, "ok"),
        ("127.0.0.2", None, True, "unreachable"),
        ("127.0.0.2", "its own", False, "ok"),
        ("127.0.0.1", "0" * 64, False, "unreachable"),
    ],
)
async def test_a_certificate_is_taken_for_who_signed_it_or_for_itself(
    address: str, pin: str | None, with_ca: bool, outcome: str, means: PollContext, tmp_path: Path
) -> None:
    file = certificate(tmp_path, address, 2048)
    shown = x509.load_pem_x509_certificate(file.read_bytes()).fingerprint(hashes.SHA256()).hex()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    changes = {"certificate_sha256": shown if pin == "its own" else pin, "ca_file": str(file) if with_ca else None}
    with answering(Site(SITE), context) as base_url:
        result = await poll(portal_of("trs_wcm", ["/list.html"], base_url, **changes), means)
    assert result.outcome == outcome, result.reason
