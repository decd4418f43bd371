"""The kinds of long work that the repository orders, as they stand in the queue."""

CHECK_ALL = "repository.fixity"
COPY = "repository.copy"
RETIRE = "repository.retire"
