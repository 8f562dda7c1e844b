#!/usr/bin/env bash
# Compiles the export of a cluster as a step of Kubeflow Pipelines. kfp has an environment
# of its own: it pins older versions of the Kubernetes client than we need.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.venv-kfp
[ -x "$venv/bin/pip" ] || python -m venv "$venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check 'kfp>=2.7,<3' || {
  echo "The package kfp cannot be installed, so nothing was compiled." >&2
  exit 1
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python -m tests.backends.kubernetes.test_pipeline >"$folder/pipeline.py"
(cd "$folder" && "$venv/bin/python" pipeline.py)
"$venv/bin/python" - "$folder/demo-pipeline.yaml" <<'PYTHON'
import sys
import kfp, yaml

spec = yaml.safe_load(open(sys.argv[1]))
executor = spec["deploymentSpec"]["executors"]["exec-compute"]["container"]
assert executor["image"] == "example.org/dask:1", executor["image"]
program = " ".join([*executor["command"], *executor.get("args", [])])
assert "KubeCluster(custom_cluster_spec=spec)" in program
assert "dask-kubernetes==" in program
print(f"kfp {kfp.__version__} compiles the export")
PYTHON
