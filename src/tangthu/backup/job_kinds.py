"""The kinds of long work that backups are, as they stand in the queue."""

MAKE, VERIFY, DRILL, SCAN = "backup.make", "backup.verify", "backup.drill", "backup.scan"
