"""AWS for several accounts, in which every key may do everything: `aws-server.py PORT ACCOUNT…`.

The key `AKIA0000` with the number of an account behind it is one of that account.
"""

import sys

from moto import mock_aws
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

port, *accounts = sys.argv[1:]


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


with mock_aws():
    for account in accounts:
        iam = iam_backends[account]["aws"]
        iam.create_user("us-east-1", "ann")
        key = iam.create_access_key("ann")
        key.access_key_id = f"AKIA0000{account}"
        iam.access_keys[key.access_key_id] = key
    app = DomainDispatcherApplication(create_backend_app)
    make_server("127.0.0.1", int(port), app, threaded=True, request_handler=Quiet).serve_forever()
