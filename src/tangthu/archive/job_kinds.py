"""The kinds of long work that the archive orders, as they stand in the queue."""

CHECK = "archive.batch.check"
ACCEPT = "archive.batch.accept"
SEAL = "archive.dossier.seal"
MAKE = "archive.dip.make"
REBUILD = "archive.rebuild"
