"""Every write of saved searches, exports and printed lists."""
