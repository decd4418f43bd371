"""A signed-in test client for each of the cast."""

from tests.office.conftest import sign_in as sign_in
