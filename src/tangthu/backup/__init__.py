"""Backup and restore of records, database and ledger as one unit (docs/backup.md)."""
