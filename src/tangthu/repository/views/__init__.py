"""Pages of the stores: what lies where, whether it is whole, and having it checked."""
