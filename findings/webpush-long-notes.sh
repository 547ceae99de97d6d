#!/usr/bin/env bash
# How long a note by web push may be, and what two libraries do with a longer one.
#
# RFC 8291 (section 4) wants one record for a message, and a push service need not take more than 4,096 bytes: 3,993
# of text, or 1,331 letters of an Indian script. RFC 8188 ends a record of 4,096 bytes after 4,079 of text.
# Guessed: what does not fit is refused by the library, where its caller can still shorten it.
# Seen: webpush 1.0.6 (PyPI) writes any length as one record under a head that says 4,096 bytes. From 4,080 bytes of
# text on no receiver can open it; nothing is raised. web-push 3.6.7 (npm) goes on with a second record, which the RFC
# forbids. Both hand 3,994 bytes and more to a push service that may refuse them.
# So measure the bytes of a note before it is encrypted; a list of medicines in Telugu is soon as long.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check webpush==1.0.6 http_ece==1.2.1 cryptography==46.0.3
cd "$folder"
npm install --silent --no-audit --no-fund web-push@3.6.7 >/dev/null
venv/bin/python - <<'PYTHON'
import base64
import os
from importlib.metadata import version
from io import BytesIO

import http_ece
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webpush import VAPID, WebPush, WebPushSubscription

print("webpush", version("webpush"), "http_ece", version("http_ece"))
phone, secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
point = phone.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
named = {"p256dh": point, "auth": secret}
keys = {name: base64.urlsafe_b64encode(key).rstrip(b"=").decode() for name, key in named.items()}
subscription = WebPushSubscription(endpoint="https://push.example/1", keys=keys)
private, public, _ = VAPID.generate_keys()
sender = WebPush(BytesIO(private), BytesIO(public), "clinic@example.org")


def opened(length: int) -> tuple[int, bool]:
    """The bytes that go to the push service, and whether the phone can open them."""
    sealed = sender.get("x" * length, subscription, ttl=60).encrypted
    try:
        note = http_ece.decrypt(sealed, private_key=phone, auth_secret=secret, version="aes128gcm")
    except (http_ece.ECEException, InvalidTag):
        return len(sealed), False
    return len(sealed), note == b"x" * length


seen = {length: opened(length) for length in (3993, 3994, 4079, 4080, 5000)}
print(seen)
assert seen == {3993: (4096, True), 3994: (4097, True), 4079: (4182, True), 4080: (4183, False), 5000: (5103, False)}
PYTHON
node - <<'JAVASCRIPT'
const assert = require("assert");
const { createECDH, randomBytes } = require("crypto");
const { encrypt } = require("web-push");
console.log("web-push", require("web-push/package.json").version);
const phone = createECDH("prime256v1");
phone.generateKeys();
const sizes = [4079, 4080, 5000].map((length) => {
  const note = Buffer.from("x".repeat(length));
  const key = phone.getPublicKey("base64url");
  return encrypt(key, randomBytes(16).toString("base64url"), note, "aes128gcm").cipherText.length;
});
console.log(sizes);
// A second record costs 17 bytes.
assert.deepStrictEqual(sizes, [4079 + 103, 4080 + 103 + 17, 5000 + 103 + 17]);
JAVASCRIPT
