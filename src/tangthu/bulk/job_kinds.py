"""The kind of long work that bulk acts order, as it stands in the queue."""

ACT = "bulk.act"
