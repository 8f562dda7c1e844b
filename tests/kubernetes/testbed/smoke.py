#!/usr/bin/env python3
"""The life of a Dask cluster, as a user who may do what $KUBECONFIG lets them.

Prints the time of each step.  Run by `testbed smoke`; it works on any cluster whose service
addresses this machine reaches.  A program of its own: it imports nothing from its folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from dask_kubernetes.operator import make_cluster_spec
from distributed import Client
from kubernetes import client, config

CLUSTER, JOB = "smoke", "smoke-job"
KINDS = ["daskclusters", "daskworkergroups", "daskjobs", "daskautoscalers"]
CODE = (
    "from dask.distributed import Client;"
    " print('answer', Client().submit(lambda x: x + 1, 41).result())"
)


class Steps:
    """Prints what was reached, and when."""

    def __init__(self) -> None:
        self.begin = self.last = time.monotonic()

    def done(self, text: str) -> None:
        now = time.monotonic()
        print(f"{now - self.begin:7.1f}s  (+{now - self.last:5.1f})  {text}", flush=True)
        self.last = now


class Namespace:
    """What is in the namespace."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.core: Any = client.CoreV1Api()
        self.apps: Any = client.AppsV1Api()
        self.custom: Any = client.CustomObjectsApi()
        self.steps = Steps()

    def where(self, plural: str) -> dict[str, Any]:
        group = {"group": "kubernetes.dask.org", "version": "v1"}
        return {**group, "namespace": self.name, "plural": plural}

    def create(self, plural: str, kind: str, name: str, spec: Any) -> None:
        head = {"apiVersion": "kubernetes.dask.org/v1", "kind": kind}
        body = {**head, "metadata": {"name": name}, "spec": spec}
        self.custom.create_namespaced_custom_object(body=body, **self.where(plural))

    def get(self, plural: str, name: str) -> Any:
        return self.custom.get_namespaced_custom_object(name=name, **self.where(plural))

    def delete(self, plural: str, name: str) -> None:
        self.custom.delete_namespaced_custom_object(name=name, **self.where(plural))

    def pods(self) -> list[Any]:
        return list(self.core.list_namespaced_pod(self.name).items)

    def log(self, pod: str) -> str:
        return str(self.core.read_namespaced_pod_log(pod, self.name, tail_lines=5))

    def scheduler(self) -> str:
        service = self.core.read_namespaced_service(f"{CLUSTER}-scheduler", self.name)
        return str(service.spec.cluster_ip or "")

    def scale(self, n: int) -> None:
        body = {"spec": {"worker": {"replicas": n}}}
        where = self.where("daskclusters")
        self.custom.patch_namespaced_custom_object(name=CLUSTER, body=body, **where)

    def left(self) -> list[str]:
        found = []
        for k in KINDS:
            items = self.custom.list_namespaced_custom_object(**self.where(k))["items"]
            found += [f"{k}/{o['metadata']['name']}" for o in items]
        services = self.core.list_namespaced_service(self.name).items
        deployments = self.apps.list_namespaced_deployment(self.name).items
        listings = {"pod": self.pods(), "service": services, "deployment": deployments}
        for kind, items in listings.items():
            found += [f"{kind}/{o.metadata.name}" for o in items]
        return found

    def until(self, what: str, test: Callable[[], Any], limit: float = 120) -> Any:
        end = time.monotonic() + limit
        error: Exception | None = None
        while time.monotonic() < end:
            try:
                value = test()
                if value:
                    self.steps.done(what)
                    return value
            except (client.ApiException, OSError, ValueError, KeyError) as e:
                error = e
            time.sleep(0.2)
        pods = "\n".join(f"  {p.metadata.name} {p.status.phase}" for p in self.pods())
        sys.exit(f"smoke: waited {limit} s in vain for: {what} {error or ''}\n{pods}")


def compute(address: str, steps: Steps) -> None:
    with Client(address, timeout=30) as dask:
        squares = dask.map(lambda x: x * x, range(100))
        total = dask.submit(sum, squares).result(timeout=60)
        assert total == sum(x * x for x in range(100)), total
        assert len(dask.run(lambda: 1)) == 2
        steps.done(f"computed on them from here: {total}")


def run_cluster(ns: Namespace, image: str) -> None:
    spec = make_cluster_spec(CLUSTER, image=image, n_workers=2)["spec"]
    ns.create("daskclusters", "DaskCluster", CLUSTER, spec)
    ns.steps.done("DaskCluster created")
    ip = ns.until("scheduler service has an address", ns.scheduler)
    web = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def workers() -> int:
        with web.open(f"http://{ip}:8787/json/counts.json", timeout=3) as r:
            return int(json.load(r)["workers"])

    ns.until("scheduler's dashboard answers", lambda: workers() >= 0)
    ns.until("2 workers connected", lambda: workers() == 2)
    compute(f"tcp://{ip}:8786", ns.steps)
    ns.scale(4)
    ns.until("scaled to 4 workers", lambda: workers() == 4)
    ns.scale(1)
    ns.until("scaled to 1 worker", lambda: workers() == 1 and len(ns.pods()) == 2)
    group = {"cluster": CLUSTER, "worker": {**spec["worker"], "replicas": 1}}
    ns.create("daskworkergroups", "DaskWorkerGroup", f"{CLUSTER}-more", group)
    ns.until("a worker of a second worker group connected", lambda: workers() == 2)


def run_job(ns: Namespace, image: str) -> None:
    container = {"name": "job", "image": image, "args": ["python3", "-c", CODE]}
    pod = {"restartPolicy": "Never", "containers": [container]}
    cluster = make_cluster_spec(JOB, image=image, n_workers=1)["spec"]
    spec = {"job": {"spec": pod}, "cluster": {"spec": cluster}}
    ns.create("daskjobs", "DaskJob", JOB, spec)

    def ended() -> bool:
        status = ns.get("daskjobs", JOB).get("status", {}).get("jobStatus")
        if status == "Failed":
            sys.exit("smoke: the DaskJob failed: " + ns.log(f"{JOB}-runner"))
        return bool(status == "Successful")

    ns.until("DaskJob successful", ended)
    assert "answer 42" in ns.log(f"{JOB}-runner")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--image", default="localhost/dask:test")
    parser.add_argument("--namespace", default="team-a")
    args = parser.parse_args()
    config.load_kube_config()
    ns = Namespace(args.namespace)
    if ns.left():
        sys.exit(f"smoke: the namespace {ns.name} is not empty: {', '.join(ns.left())}")
    run_cluster(ns, args.image)
    run_job(ns, args.image)
    ns.delete("daskjobs", JOB)
    ns.delete("daskclusters", CLUSTER)
    ns.until("deleted, nothing is left", lambda: not ns.left())
    print("smoke: ok", flush=True)


if __name__ == "__main__":
    main()
