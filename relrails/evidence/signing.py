"""Signatures in a DSSE envelope, with an ed25519 key; needs the extra `sign`.

Source of the form: github.com/secure-systems-lab/dsse, protocol v1.0.2.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from relrails.evidence.manifest import sha256
from relrails.evidence.printing import json_bytes
from relrails.evidence.values import EvidenceError, Json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_OPENSSH = b"-----BEGIN OPENSSH"
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs; read it before anything is released, so that a missing key is found while it is cheap."""

    key: "Ed25519PrivateKey"

    @classmethod
    def load(cls, told: str) -> Self:
        """Read `file:<path>` or `env:<name>` of a private key, PEM or OpenSSH, without a passphrase.

        Raises EvidenceError, which names the reference and never what stands behind it.
        """
        kind, _, where = told.partition(":")
        if kind == "file" and where:
            return cls(_key(_read(Path(where)), told, private=True))
        if kind == "env" and where:
            text = os.environ.get(where)
            if text is None:
                raise EvidenceError(f"{told}: there is no such environment variable")
            return cls(_key(text.encode(errors="surrogateescape"), told, private=True))
        # What was given instead may well be the key itself, so it is not repeated.
        raise EvidenceError("a key to sign with is given by reference; fix: file:<path> or env:<name>")

    @property
    def keyid(self) -> str:
        """The hash of the public key."""
        return keyid(self.key.public_key())

    def envelope(self, payload: bytes) -> bytes:
        """Sign a payload, and print its envelope."""
        signature = self.key.sign(preauthentication(payload))
        return json_bytes(
            {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": self.keyid, "sig": base64.b64encode(signature).decode()}],
            }
        )


def public_key(file: Path) -> "Ed25519PublicKey":
    """Read a public key, PEM or OpenSSH; raises EvidenceError."""
    found: Ed25519PublicKey = _key(_read(file), str(file), private=False)
    return found


def keyid(key: "Ed25519PublicKey") -> str:
    """Give the name of a public key: the hash of its 32 bytes."""
    return sha256(key.public_bytes_raw())


def preauthentication(payload: bytes) -> bytes:
    """Give what is really signed: the payload and its type, each with its length."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def check(envelope: bytes, payload: bytes, key: "Ed25519PublicKey") -> str | None:
    """Say what is wrong with an envelope; None when it is this payload, signed with this key, and not a byte more."""
    from cryptography.exceptions import InvalidSignature

    fault = shape_fault(envelope, payload, keyid(key))
    if fault is not None:
        return fault
    signature = base64.b64decode(json.loads(envelope)["signatures"][0]["sig"])
    try:
        key.verify(signature, preauthentication(payload))
    except InvalidSignature:
        return "the signature is not of these bytes"
    return None


def shape_fault(envelope: bytes, payload: bytes, named: str) -> str | None:
    """Say what differs from an envelope as we print it, whoever has signed it."""
    try:
        told: Any = json.loads(envelope)
        (signature,) = told["signatures"]
        sig = base64.b64decode(signature["sig"], validate=True)
        again: Json = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": signature["keyid"], "sig": base64.b64encode(sig).decode()}],
        }
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        return "it is not a DSSE envelope with one signature"
    if signature["keyid"] != named:
        return f"it is signed with the key {str(signature['keyid'])[:16]}…, and not with {named[:16]}…"
    return None if json_bytes(again) == envelope else "it holds another payload than the statement beside it"


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST)
    except OSError as error:
        raise EvidenceError(f"the key {file} cannot be read: {error.strerror}") from None


def _key(data: bytes, told: str, *, private: bool) -> Any:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    except ModuleNotFoundError:
        raise EvidenceError("signatures need the package cryptography; fix: pip install 'relrails[sign]'") from None
    found: object
    try:
        if private and data.startswith(_OPENSSH):
            found = serialization.load_ssh_private_key(data, password=None)
        elif private:
            found = serialization.load_pem_private_key(data, password=None)
        elif data.startswith(b"ssh-"):
            found = serialization.load_ssh_public_key(data)
        else:
            found = serialization.load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        kind = "private key without a passphrase" if private else "public key"
        msg = f"{told} is not a {kind}, PEM or OpenSSH; fix: openssl genpkey -algorithm ed25519"
        raise EvidenceError(msg) from None
    if not isinstance(found, Ed25519PrivateKey if private else Ed25519PublicKey):
        raise EvidenceError(f"{told} is not an ed25519 key; fix: openssl genpkey -algorithm ed25519")
    return found
