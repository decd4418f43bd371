"""Lists taken out: saved searches, exports, printed copies, the history of use and its figures."""
