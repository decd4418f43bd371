"""Tàng Thư: electronic records system and digital archive for Vietnamese state bodies."""

__version__ = "0.1.0"
