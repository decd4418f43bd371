"""Cells of a CSV file that people open with a spreadsheet."""


def safe_cell(value: str) -> str:
    """The value, so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t")) else value
