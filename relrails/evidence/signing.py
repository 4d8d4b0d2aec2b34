"""Signatures in a DSSE envelope, with an ed25519 key; needs the extra `sign`.

Source of the form: github.com/secure-systems-lab/dsse, protocol v1.0.2.
"""

import base64
import binascii
import json
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


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs; read it before anything is released, so that a missing key is found while it is cheap."""

    key: "Ed25519PrivateKey"

    @classmethod
    def load(cls, told: str) -> Self:
        """Read `ed25519:<file of a private key, PEM or OpenSSH, without a passphrase>`; raises EvidenceError."""
        scheme, _, name = told.partition(":")
        if scheme != "ed25519" or not name:
            raise EvidenceError(f"'{scheme}' is no way to sign; fix: ed25519:<file of the private key>")
        found = _load(Path(name), private=True)
        return cls(found)

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
    found: Ed25519PublicKey = _load(file, private=False)
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


def _load(file: Path, *, private: bool) -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    except ModuleNotFoundError:
        raise EvidenceError("signatures need the package cryptography; fix: pip install 'relrails[sign]'") from None
    try:
        data = file.read_bytes()
        found: object
        if private and data.startswith(_OPENSSH):
            found = serialization.load_ssh_private_key(data, password=None)
        elif private:
            found = serialization.load_pem_private_key(data, password=None)
        elif data.startswith(b"ssh-"):
            found = serialization.load_ssh_public_key(data)
        else:
            found = serialization.load_pem_public_key(data)
    except OSError as error:
        raise EvidenceError(f"the key {file} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError):
        kind = "private key without a passphrase" if private else "public key"
        msg = f"{file} is not a {kind}, PEM or OpenSSH; fix: openssl genpkey -algorithm ed25519"
        raise EvidenceError(msg) from None
    if not isinstance(found, Ed25519PrivateKey if private else Ed25519PublicKey):
        raise EvidenceError(f"{file} is not an ed25519 key; fix: openssl genpkey -algorithm ed25519")
    return found
