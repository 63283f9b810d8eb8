"""Serve Kite's actions: rasa-sdk's server on loopback only, without CORS, and silent about what it was sent.

rasa-sdk by itself listens on every address, allows every origin, and answers an unhandled error with the whole
request; it also runs two processes where one will do.
"""

import sys
import warnings
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse, json

HOST = "127.0.0.1"
WRONG_WARNING = r".*version of rasa which might not be compatible"  # 3.21 serves 3.6.21: a test shows it


def failed(request: Request, error: Exception) -> HTTPResponse:  # noqa: ARG001 (the request must not be told)
    """Answer an error with its kind alone."""
    return json({"error": type(error).__name__}, status=getattr(error, "status_code", 500))


def make_app() -> Sanic[Any, Any]:
    """Return the server with every action of the package `actions` registered."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app: Sanic[Any, Any] = create_app(executor, cors_origins=None)
    app.error_handler = ErrorHandler()  # instead of rasa-sdk's, which answers with the request's body
    app.error_handler.add(Exception, failed)
    return app


def main(port: int) -> None:
    """Serve until the process is stopped."""
    warnings.filterwarnings("ignore", message=WRONG_WARNING)
    make_app().run(host=HOST, port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
