"""Fonds, inventories, description, batch import, submission and acceptance, appraisal, disposal."""
