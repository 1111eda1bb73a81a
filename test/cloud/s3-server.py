"""An S3 that knows one bucket and one key, and checks signatures: `s3-server.py PORT REGION BUCKET ACCESS_KEY_ID SECRET_ACCESS_KEY`.

One request at a time, so that what a condition of a write asks for is as true when it writes.
"""

import json
import sys

import boto3
from moto import mock_aws, settings
from moto.iam.models import iam_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

port, region, bucket, key_id, secret = sys.argv[1:]


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


with mock_aws():
    boto3.client("s3", region_name=region, aws_access_key_id="x", aws_secret_access_key="x").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region}
    )
    iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    iam.create_user("us-east-1", "keeper")
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    iam.put_user_policy("keeper", "everything", json.dumps(everything))
    key = iam.create_access_key("keeper")
    key.access_key_id, key.secret_access_key = key_id, secret
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    make_server("127.0.0.1", int(port), DomainDispatcherApplication(create_backend_app), request_handler=Quiet).serve_forever()
