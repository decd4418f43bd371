"""Every write of the repository."""
