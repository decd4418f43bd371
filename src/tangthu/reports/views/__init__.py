"""Pages of saved searches, exports, printing, history of use and statistics."""
