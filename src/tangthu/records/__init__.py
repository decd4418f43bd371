"""The thing itself: documents, their content files, dossiers; one identity for life."""
