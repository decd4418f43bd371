"""WSGI entry of the staff site, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

from tangthu.kernel.database import PROCESS, SITE
from tangthu.kernel.lifeline import end_with_parent

# A web worker must not outlive the server that started it: it would keep the port.
end_with_parent(os.getppid())
os.environ[PROCESS] = SITE
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
application = get_wsgi_application()

from tangthu.kernel.prepare import require_mode  # noqa: E402 - settings must be there first

require_mode()
