"""Every write to documents and dossiers."""
