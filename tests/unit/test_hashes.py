"""Servers take the hashes that the host makes: judged by what the servers use, not by this module."""

from __future__ import annotations

import base64
import shutil
import subprocess
from typing import TYPE_CHECKING

import bcrypt
import pytest
import yaml

from operate import hashes

if TYPE_CHECKING:
    from pathlib import Path

USERS = {"operator": "opens-everything", "reader": "opens-little"}


def test_a_web_configuration_has_users_in_bcrypt_and_no_tls_below_1_2() -> None:
    """As the exporter toolkit reads it: a hash opens to its own password only."""
    made = yaml.safe_load(hashes.web("prometheus", USERS))
    for user, password in USERS.items():
        hashed = made["basic_auth_users"][user].encode()
        assert bcrypt.checkpw(password.encode(), hashed)
        assert not bcrypt.checkpw(b"another", hashed)
    assert made["tls_server_config"] == {
        "cert_file": "/run/secrets/prometheus_certificate.pem",
        "key_file": "/run/secrets/prometheus_key.pem",
        "min_version": "TLS12",
    }


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl program is missing")
def test_nginx_can_check_the_salted_hash(tmp_path: Path) -> None:
    """SSHA is the digest of password and salt, then the salt: OpenSSL computes the same digest."""
    line = hashes.passwd({"operator": "opens-everything"}).strip()
    user, _, text = line.partition(":")
    assert (user, text[:6]) == ("operator", "{SSHA}")
    decoded = base64.b64decode(text[6:])
    digest, salt = decoded[:20], decoded[20:]
    (tmp_path / "salted").write_bytes(b"opens-everything" + salt)
    command = ["openssl", "dgst", "-sha1", "-binary", str(tmp_path / "salted")]
    assert subprocess.run(command, check=True, capture_output=True).stdout == digest
    assert len(salt) >= 8


def test_equal_passwords_have_different_hashes() -> None:
    """Each hash has a salt of its own."""
    same = dict.fromkeys(("one", "two"), "same")
    for made in (hashes.file_realm(same), hashes.passwd(same)):
        first, second = (line.partition(":")[2] for line in made.splitlines())
        assert first != second


def test_the_users_of_each_file_are_read_back() -> None:
    """So that a user who was added is noticed."""
    assert hashes.known_to_lines(hashes.passwd(USERS)) == set(USERS)
    assert hashes.known_to_lines(hashes.file_realm(USERS)) == set(USERS)
    assert hashes.known_to_web(hashes.web("alertmanager", USERS)) == set(USERS)


def test_the_proxy_signs_in_by_one_header() -> None:
    """A directive of nginx; the password is quoted by base64."""
    name, value = hashes.proxy_header("proxy", 'a"; b').rstrip(";\n").split(" ", 1)[1].split(" ", 1)
    assert (name, base64.b64decode(value.strip('"').partition(" ")[2])) == ("Authorization", b'proxy:a"; b')
