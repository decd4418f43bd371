"""One act for many records: chosen, frozen, previewed, confirmed, then done row by row."""
