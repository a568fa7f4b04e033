"""moto on a port of loopback, one request at a time.

It looks at a condition and then writes, without a lock (`put_object` in its s3/responses.py), so that once in a while two of many
writers won a race. What it is here for, the answers of AWS, it gives behind a lock too.

    python serve_moto.py PORT
"""

import sys
from threading import Lock

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.server import MotoRequestHandler
from werkzeug.serving import run_simple

app = DomainDispatcherApplication(create_backend_app)
lock = Lock()


def one_at_a_time(environ, start_response):
    with lock:
        return list(app(environ, start_response))


run_simple("127.0.0.1", int(sys.argv[1]), one_at_a_time, threaded=True, request_handler=MotoRequestHandler)
