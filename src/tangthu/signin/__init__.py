"""Signing in: passwords, second steps, sessions, reviews of accounts, and the security log."""
