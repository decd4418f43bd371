"""Every operation of the programming interface, by what it is about."""
