"""The kinds of long work that reports order, as they stand in the queue."""

EXPORT = "reports.export"
