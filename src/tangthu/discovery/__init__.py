"""One index and one query language; every result is cut to what the viewer may see."""
