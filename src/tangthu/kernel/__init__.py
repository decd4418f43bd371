"""Floor 1: home folder, settings, database, jobs, object stores, clock, ids, errors, quarantine."""
