#!/usr/bin/python3
"""Cluster DNS in place of CoreDNS: A records of services (and of pods of headless ones).

dns.py API_URL KUBECONFIG_DIR BIND_IP HOST_IP

Names outside cluster.local: NXDOMAIN for pods (they have no way out anyway), REFUSED for
the host, whose resolver then goes on to its next name server.  Over UDP only, no PTR and
SRV records.  A program of its own: it imports nothing from its folder.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.request
from typing import Any

NXDOMAIN, REFUSED = 3, 5
Store = dict[tuple[str, str], dict[str, Any]]


def key(o: dict[str, Any]) -> tuple[str, str]:
    return o["metadata"]["name"], o["metadata"]["namespace"]


class Follower:
    """Keeps stores equal to what the API has."""

    def __init__(self, api: str, pki: str) -> None:
        context = ssl.create_default_context(cafile=f"{pki}/ca.crt")
        context.load_cert_chain(f"{pki}/admin.crt", f"{pki}/admin.key")
        https = urllib.request.HTTPSHandler(context=context)
        self.api = api
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), https)

    def list_all(self, url: str, store: Store) -> str:
        got = json.load(self.opener.open(url, timeout=20))
        new = {key(o): o for o in got["items"]}
        for k in set(store) - set(new):
            del store[k]
        store.update(new)
        version: str = got["metadata"]["resourceVersion"]
        return version

    def watch(self, url: str, store: Store) -> None:
        for line in self.opener.open(url, timeout=300):
            event = json.loads(line)
            if event["type"] == "DELETED":
                store.pop(key(event["object"]), None)
            elif event["type"] in ("ADDED", "MODIFIED"):
                store[key(event["object"])] = event["object"]
            else:
                break

    def follow(self, resource: str, store: Store) -> None:
        """Never returns."""
        url = f"{self.api}/api/v1/{resource}"
        while True:
            try:
                version = self.list_all(url, store)
                query = f"watch=1&timeoutSeconds=240&resourceVersion={version}"
                self.watch(f"{url}?{query}", store)
            except Exception as e:  # the API server may be away for a while
                print("watch", resource, e, flush=True)
                time.sleep(0.5)


class Names:
    """What the cluster's services and endpoints are called."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.services: Store = {}
        self.endpoints: Store = {}

    def lookup(self, name: str) -> list[str] | None:
        """The addresses of a name, or None where there is no such name."""
        parts = name.split(".")[:-3]  # without svc.cluster.local
        if len(parts) not in (2, 3) or parts[-1:] == [""]:
            return None
        service = self.services.get((parts[-2], parts[-1]))
        if service is None:
            return None
        ip = service["spec"].get("clusterIP")
        if ip and ip != "None":
            return [ip] if len(parts) == 2 else None
        subsets = self.endpoints.get((parts[-2], parts[-1]), {}).get("subsets") or []
        found = [a for s in subsets for a in s.get("addresses") or []]
        if len(parts) == 3:  # HOSTNAME.SERVICE.NAMESPACE.svc.cluster.local
            return [a["ip"] for a in found if a.get("hostname") == parts[0]] or None
        return [a["ip"] for a in found]

    def answer(self, query: bytes, client: str) -> bytes:
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += query[at] + 1
        qtype = struct.unpack(">H", query[at + 1 : at + 3])[0]
        question, name = query[12 : at + 5], ".".join(labels).lower()
        ips: list[str] = []
        if name.endswith(".svc.cluster.local"):
            found = self.lookup(name)
            code = NXDOMAIN if found is None else 0
            ips = (found or [])[:25] if qtype == 1 else []
        elif client == self.host and not name.endswith("cluster.local"):
            code = REFUSED
        else:
            code = NXDOMAIN
        # the name is that of the question; type A, class IN, 2 s to live, 4 bytes
        record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x02\x00\x04"
        body = b"".join(record + socket.inet_aton(ip) for ip in ips)
        counts = struct.pack(">HHHHH", 0x8580 | code, 1, len(ips), 0, 0)
        return query[:2] + counts + question + body


def main() -> None:
    api, pki, bind, host = sys.argv[1:5]
    names, follower = Names(host), Follower(api, pki)
    for resource in (("services", names.services), ("endpoints", names.endpoints)):
        threading.Thread(target=follower.follow, args=resource, daemon=True).start()
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((bind, 53))
    print("serving", flush=True)
    while True:
        query, client = server.recvfrom(2048)
        try:
            server.sendto(names.answer(query, client[0]), client)
        except Exception as e:
            print("query", e, flush=True)


if __name__ == "__main__":
    main()
