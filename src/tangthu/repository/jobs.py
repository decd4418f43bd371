"""What runs in the background."""


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
