"""WSGI entry of the staff site, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
application = get_wsgi_application()
