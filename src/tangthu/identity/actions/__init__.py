"""Every write to bodies and people."""
