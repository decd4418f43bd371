"""Floor 2: the append-only event log that every action writes to (spec integrity-log.md).

`record` puts an event into the outbox inside the action's own transaction; one integrator per log
builds the Merkle tree, writes it as static tiles and signs checkpoints.
"""
