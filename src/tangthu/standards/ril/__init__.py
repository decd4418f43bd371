"""Record integrity log: canonical JSON, commitments, bodies, chains and leaves (spec IN-10 … 17).

`jcs` canonical form, `events` bodies and leaves, `kinds` what can happen, `labels` domain
separators, `ids` event ids.
"""
