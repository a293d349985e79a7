"""Bytes that only a passphrase opens: scrypt (RFC 7914) makes the key, AES-256-GCM (SP 800-38D) encrypts."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from operate.errors import StackError

HEAD = b"amaie sealed 1\n"
SALT, NONCE = 16, 12
COST = 2**15
"""Of scrypt with blocks of 8: 32 MB and about a tenth of a second for each guess."""

SHORTEST = 12
"""A shorter passphrase is refused: the file may lie where others can try for years."""


def seal(content: bytes, passphrase: str) -> bytes:
    """Return the content encrypted: head, salt, nonce, and what AES-GCM made of it."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    head = HEAD + salt + nonce
    return head + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, head)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Return what was encrypted.

    Raises:
        StackError: The passphrase is another one, or the bytes were changed.
    """
    size = len(HEAD) + SALT + NONCE
    head, rest = sealed[:size], sealed[size:]
    salt, nonce = head[len(HEAD) : -NONCE], head[-NONCE:]
    if len(head) < size or not head.startswith(HEAD):
        raise StackError("the sealed file of the backup is broken; use another backup")
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, rest, head)
    except InvalidTag:
        raise StackError(
            "this passphrase does not open the backup; give the one that it was made with"
        ) from None


def passphrase(file: str, *, twice: bool) -> str:
    """Return the passphrase from a file or, where none is named, from the person at the terminal.

    Args:
        file: The file, or an empty text.
        twice: Ask again, so that a slip of the finger closes no backup for ever.

    Raises:
        StackError: Nobody can be asked, the file cannot be read, or the passphrase is too short.
    """
    if file:
        try:
            found = Path(file).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise StackError(
                f"the passphrase cannot be read from {file} ({error}); name a text file"
            ) from None
    elif sys.stdin.isatty():
        found = getpass.getpass("Passphrase of the backup: ")
        if twice and getpass.getpass("Once more: ") != found:
            raise StackError("the two passphrases differ; try again")
    else:
        raise StackError("there is no terminal to ask for the passphrase; name its file: PASSPHRASE_FILE=…")
    if len(found) < SHORTEST:
        raise StackError(f"the passphrase is shorter than {SHORTEST} characters; choose a longer one")
    return found


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())
