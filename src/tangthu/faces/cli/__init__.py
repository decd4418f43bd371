"""The command line: composes the same actions and queries as the pages."""
