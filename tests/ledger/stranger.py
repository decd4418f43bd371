"""A stranger's check of a log over HTTP: standard library and an Ed25519 routine, nothing of ours.

Run as `python -I stranger.py <base URL> <origin> <leaf index>`. Trusts only keys.txt as given.
Prints the size of the tree and the leaf, or ends with an assertion.
"""

import base64
import hashlib
import sys
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def get(path):
    with urllib.request.urlopen(f"{BASE}/{path}", timeout=10) as answer:
        return answer.read()


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(hashes):
    """RFC 6962 section 2.1, as written there."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha(b"\x01", root_of(hashes[:split]), root_of(hashes[split:]))


def path_of(index, hashes):
    """RFC 6962 section 2.1.1: the audit path of one leaf."""
    if len(hashes) == 1:
        return []
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if index < split:
        return [*path_of(index, hashes[:split]), root_of(hashes[split:])]
    return [*path_of(index - split, hashes[split:]), root_of(hashes[:split])]


def tile(kind, number, size):
    width = min(256, size - number * 256)
    return get(f"tile/{kind}/{number:03d}" + ("" if width == 256 else f".p/{width}"))


BASE, ORIGIN, INDEX = sys.argv[1], sys.argv[2], int(sys.argv[3])
# The signature: text, blank line, "— name base64(key id, signature)".
text, _, signatures = get("checkpoint").decode().partition("\n\n")
text += "\n"
vkey = get("keys.txt").decode().split()[0]
name, key_id, key = vkey.split("+", 2)
key = base64.b64decode(key)
assert (name, key[0]) == (ORIGIN, 1)
assert sha(name.encode(), b"\n", key)[:4].hex() == key_id
line = signatures.splitlines()[0].split(" ")
signature = base64.b64decode(line[2])
assert line[:2] == ["—", ORIGIN]
assert signature[:4].hex() == key_id
Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
# The body: origin, size, root, and nothing else.
origin, size, root = text.splitlines()
assert origin == ORIGIN
size = int(size)
# Level-0 tiles give all leaf hashes; their root must be the signed one.
level0 = b"".join(tile("0", number, size) for number in range(-(-size // 256)))
hashes = [level0[at : at + 32] for at in range(0, len(level0), 32)]
assert len(hashes) == size
assert root_of(hashes) == base64.b64decode(root)
# Full tiles of level 0 are folded in the tile above.
if size >= 256:
    above = get("tile/1/000" if size >= 65536 else f"tile/1/000.p/{size // 256}")
    assert above[:32] == root_of(hashes[:256])
# One entry, by its bundle, and its inclusion path.
bundle, entries = tile("entries", INDEX // 256, size), []
while bundle:
    length = int.from_bytes(bundle[:2], "big")
    entries.append(bundle[2 : 2 + length])
    bundle = bundle[2 + length :]
leaf = entries[INDEX % 256]
assert sha(b"\x00", leaf) == hashes[INDEX]
# Up the path by the rule of RFC 9162 section 2.1.3.2.
node, fn, sn = hashes[INDEX], INDEX, size - 1
for step in path_of(INDEX, hashes):
    if fn & 1 or fn == sn:
        node = sha(b"\x01", step, node)
        while not fn & 1 and fn:
            fn, sn = fn >> 1, sn >> 1
    else:
        node = sha(b"\x01", node, step)
    fn, sn = fn >> 1, sn >> 1
assert node == base64.b64decode(root)
assert get(f"checkpoints/{size}.note").startswith(text.encode())
print(size, leaf.decode())
