"""``api/openapi.json``: the contract."""

from __future__ import annotations

import json

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..openapi import document
from .base import Handler


class OpenAPIHandler(Handler):
    """The contract, made from the models."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        self.finish(json.dumps(document(url_path_join(self.base_url, "dask-k8s"))))
