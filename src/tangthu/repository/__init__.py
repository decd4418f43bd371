"""AIPs: storing them in every store, proving that they are whole, repairing, giving them out."""
