"""What a file says: its format and facts, its text, page images, proposed description fields."""
