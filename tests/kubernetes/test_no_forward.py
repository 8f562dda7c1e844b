"""Outside the cluster, without the right to forward: why, and what to do about it.

In a namespace of its own: each cluster of a namespace gets a way of its own.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

from .conftest import Team, kubectl, until
from .test_outside import SOON, forwards
from .workbench import Workbench

NO_FORWARD = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "no-forward"},
    "rules": [
        {
            "apiGroups": ["", "apps", "kubernetes.dask.org"],
            "resources": [
                *("pods", "services", "deployments", "events", "configmaps", "pods/log"),
                *("daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs"),
            ],
            "verbs": ["*"],
        }
    ],
}


def test_no_right_to_forward(
    team: Team,
    dask_image: str,
    kubeconfig: Path,
    namespace_kubeconfig: Any,
    tmp_path: Path,
) -> None:
    """The card names the rule and the doctor has the YAML; with it all is well."""

    def admin(*args: str, body: Any = None) -> None:
        kubectl(*args, "-n", team.namespace, kubeconfig=kubeconfig, body=body)

    # A name that is new each time: after the remedy the account has the right.
    account = f"no-forward-{uuid.uuid4().hex[:6]}"
    admin("create", "serviceaccount", account)
    admin("apply", "-f", "-", body=NO_FORWARD)
    subject = f"--serviceaccount={team.namespace}:{account}"
    admin("create", "rolebinding", account, "--role=no-forward", subject)
    mine = team._replace(kubeconfig=namespace_kubeconfig(team.namespace, account))
    bench = Workbench(mine, dask_image, tmp_path)
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    bench.start(TMPDIR=str(sockets))
    try:
        wish = {"resources": {"threads": 1, "memory": "320 MiB"}, "workers": 0}
        bench.done("POST", "clusters", {"name": account, **wish})
        rule = r"may not get pods/portforward .* The missing rule is "
        card = bench.until(account, lambda it: re.search(rule, it["reason"]))
        print(f"  {card['phase']}: {card['reason']}")
        assert bench.ask("GET", f"clusters/{account}/export?as=client")[0] != 200
        checks = {it["id"]: it for it in bench.done("GET", "doctor")["checks"]}
        check = checks["rbac.pods/portforward"]
        assert check["verdict"] == "failed"
        remedy = tmp_path / "remedy.yaml"
        remedy.write_text(check["remedy"])
        admin("apply", "-f", str(remedy))
        bench.running(account)
        assert bench.server.status_of(f"clusters/{account}/dashboard/status") == 200
        assert len(forwards(sockets)) == 1
        # What leads to it goes with it.
        bench.done("DELETE", f"clusters/{account}")
        bench.gone(account)
        until("no forward", lambda: not forwards(sockets), SOON)
    finally:
        print(bench.server.text[-2000:])
        bench.team = team
        bench.close()
