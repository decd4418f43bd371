"""What changes: sets ordered, made, verified, and what the ledger says of it."""
