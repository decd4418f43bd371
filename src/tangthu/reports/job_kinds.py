"""The kinds of long work that reports order, as they stand in the queue."""

EXPORT = "reports.export"
# The source of an export that holds the rows of a job, not a list of records.
JOB_ROWS = "job-rows"
