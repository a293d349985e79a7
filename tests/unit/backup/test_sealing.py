"""Secrets leave the machine encrypted only; another passphrase and a changed byte open nothing."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from operate.backup import sealing
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

SECRET, PASSPHRASE = b"password-of-elasticsearch" * 10, "correct horse battery"
CLOSED = "this passphrase does not open the backup; give the one that it was made with"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys at a thousandth of the real cost."""
    monkeypatch.setattr(sealing, "COST", 2**5)


def test_the_passphrase_opens_what_it_closed() -> None:
    """And nothing of the content can be seen in it."""
    sealed = sealing.seal(SECRET, PASSPHRASE)
    assert b"password" not in sealed
    assert sealing.unseal(sealed, PASSPHRASE) == SECRET


def test_openssl_makes_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has only Python's own scrypt (OpenSSL's) and AES-GCM can open it: nothing here is of our making."""
    monkeypatch.undo()
    sealed = sealing.seal(SECRET, PASSPHRASE)
    salt, nonce = sealed[15:31], sealed[31:43]
    key = hashlib.scrypt(PASSPHRASE.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    assert AESGCM(key).decrypt(nonce, sealed[43:], sealed[:43]) == SECRET


def test_two_backups_of_the_same_have_nothing_in_common() -> None:
    """Salt and nonce are new each time."""
    first, second = (sealing.seal(SECRET, PASSPHRASE)[15:] for _ in range(2))
    assert not {first[i : i + 12] for i in range(0, len(first) - 12, 12)} & {
        second[i : i + 12] for i in range(0, len(second) - 12, 12)
    }


def test_another_passphrase_is_refused() -> None:
    """One letter is enough."""
    with pytest.raises(StackError) as caught:
        sealing.unseal(sealing.seal(SECRET, PASSPHRASE), "Correct horse battery")
    assert str(caught.value) == CLOSED


@pytest.mark.parametrize("place", [15, 31, 43, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    """In the salt, the nonce, the content, the proof."""
    sealed = bytearray(sealing.seal(SECRET, PASSPHRASE))
    sealed[place] ^= 1
    with pytest.raises(StackError, match=CLOSED):
        sealing.unseal(bytes(sealed), PASSPHRASE)


@pytest.mark.parametrize("sealed", [b"", b"amaie sealed 1\n", b"amaie sealed 2\n" + bytes(100)])
def test_what_was_never_sealed_is_broken(sealed: bytes) -> None:
    """No passphrase would help."""
    with pytest.raises(StackError) as caught:
        sealing.unseal(sealed, PASSPHRASE)
    assert str(caught.value) == "the sealed file of the backup is broken; use another backup"


def test_the_passphrase_of_a_file_ends_before_its_line_does(tmp_path: Path) -> None:
    """Editors end a file with a new line; spaces belong to the passphrase."""
    (tmp_path / "p").write_text(f" {PASSPHRASE} \n")
    assert sealing.passphrase(str(tmp_path / "p"), twice=True) == f" {PASSPHRASE} "


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    """It would be guessed."""
    (tmp_path / "p").write_text("secret\n")
    with pytest.raises(StackError) as caught:
        sealing.passphrase(str(tmp_path / "p"), twice=True)
    assert str(caught.value) == "the passphrase is shorter than 12 characters; choose a longer one"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """With the reason."""
    with pytest.raises(StackError) as caught:
        sealing.passphrase(f"{tmp_path}/p", twice=False)
    reason = f"[Errno 2] No such file or directory: '{tmp_path}/p'"
    said = f"the passphrase cannot be read from {tmp_path}/p ({reason}); name a text file"
    assert str(caught.value) == said


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of the night would wait for ever."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(StackError) as caught:
        sealing.passphrase("", twice=True)
    said = "there is no terminal to ask for the passphrase; name its file: PASSPHRASE_FILE=…"
    assert str(caught.value) == said


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def test_a_slip_of_the_finger_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase of a new backup is asked for twice."""
    answers = iter([PASSPHRASE, PASSPHRASE + "x"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    with pytest.raises(StackError) as caught:
        sealing.passphrase("", twice=True)
    assert str(caught.value) == "the two passphrases differ; try again"
