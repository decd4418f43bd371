"""Batch import of a digitised holding: the pure core, from an index and a folder to a dry run.

An index (Excel or CSV) and the facts of the files beside it go in; a report of rows, files,
dossiers and findings comes out; decisions on it turn it into dossiers that are ready for an AIP and
a work list that says why the rest is not. Nothing here touches a database, a network or the files
themselves. Law: TT05/2025 art. 4, 8, PL I (AR-31…AR-36, AR-50…AR-53), AR-127…AR-131; older field
names of TT02/2019 and the 2010 guidance (RM-850…RM-858).
"""
