"""Transparency log: RFC 6962 tree, C2SP signed notes, checkpoints, cosignatures and tiles.

`merkle` hashes and proofs, `note` signatures and keys, `checkpoint` signed tree heads, `layout`
where tiles lie and what is in them, `reader` and `writer` of the static tree, `audit` of a whole
log.
"""
