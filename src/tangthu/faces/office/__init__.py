"""The staff site: composes the apps' pages; no rule lives here."""
