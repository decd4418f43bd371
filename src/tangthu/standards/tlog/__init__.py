"""Transparency log: RFC 6962 tree, C2SP signed notes, checkpoints, cosignatures and tiles.

`merkle` hashes and proofs, `note` signatures and keys, `checkpoint` signed tree heads, `paths`
where tiles lie and what is in them, `writer` and `reader` of the static tree, `audit` of a whole log.
"""
