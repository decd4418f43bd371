"""Readers of the heading of official documents, one field each; all pure and total on any text."""
