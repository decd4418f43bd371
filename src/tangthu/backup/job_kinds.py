"""The kinds of long work that backups are, as they stand in the queue."""

MAKE, VERIFY, DRILL = "backup.make", "backup.verify", "backup.drill"
