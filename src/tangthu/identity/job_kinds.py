"""The kinds of long work that bodies order, as they stand in the queue."""

RESUME = "identity.log.resume"
