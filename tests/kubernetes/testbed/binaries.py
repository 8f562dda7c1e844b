"""The programs of a node: Kubernetes compiled from Debian's source; Debian's daemons."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from .common import Fail, digest, remove, say, sh
from .debian import DEBS, Apt, missing_tools
from .machine import SUITE
from .places import BIN, HERE, LOG, RECIPE, SYSPATH, WORK

# Debian's name for it, and what it is
K8S_UPSTREAM, K8S_VERSION = "1.20.5+really1.20.2", "v1.20.2"
K8S_COMMIT = "faecb196815e248d3ecfb03c680a4507229c2a56"
COMPONENTS = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
]
DAEMONS = [
    "bin/containerd",
    "bin/containerd-shim-runc-v2",
    "bin/ctr",
    "bin/etcd",
    "sbin/runc",
]
PLUGINS = ["bridge", "host-local", "loopback", "portmap"]
PAUSE_GO = (HERE / "conf/pause.go").read_text()
SINGULAR_NAME = (
    "\t\tif !isSubresource {\n"
    "\t\t\tapiResource.SingularName = strings.ToLower(resourceKind)\n"
    "\t\t}\n"
)
LOG_FILE = LOG / "build-kubernetes.log"


def bin_key() -> str:
    return digest(RECIPE, K8S_UPSTREAM, COMPONENTS, DEBS, PAUSE_GO, SINGULAR_NAME)


def bin_dir() -> Path:
    return BIN / bin_key()


def have_binaries() -> bool:
    return (bin_dir() / "done").exists()


def fetch_packages(apt: Apt) -> tuple[Path, Path]:
    """Download all from apt: (folder of the unpacked packages, source tarball)."""
    missing = missing_tools()
    if missing:
        say(f"apt: installing {' '.join(missing)}")
        apt("install", "-y", "--no-install-recommends", *missing)
    debs, root = WORK / "debs", WORK / "root"
    tar = debs / f"kubernetes_{K8S_UPSTREAM}.orig.tar.gz"
    if have_binaries():
        return root, tar
    for d in (debs, root):
        remove(d)
        d.mkdir(parents=True)
    say(
        f"apt: downloading {len(DEBS)} packages and the source of kubernetes {K8S_UPSTREAM}"
    )
    apt("download", *DEBS, cwd=debs)
    for f in debs.glob("*.deb"):
        sh(["dpkg-deb", "-x", f, root], apt.log, timeout=120)
    apt("source", "--download-only", f"--target-release={SUITE}", "kubernetes", cwd=debs)
    if not tar.exists():
        got = ", ".join(p.name for p in debs.glob("kubernetes_*")) or "nothing"
        raise Fail(
            f"Debian no longer has kubernetes {K8S_UPSTREAM} (got {got});"
            " adapt K8S_UPSTREAM and what build changes in it."
        )
    return root, tar


class Go:
    """Debian's Go, unpacked below a folder, and a workspace for Kubernetes' source."""

    def __init__(self, root: Path) -> None:
        self.goroot = root / "usr/lib/go-1.19"
        self.path = WORK / "gopath"
        self.source = self.path / "src/k8s.io/kubernetes"
        self.env = {
            "GOROOT": str(self.goroot),
            "GOPATH": str(self.path),
            "GOCACHE": str(WORK / "gocache"),
            "CGO_ENABLED": "0",
            "GO111MODULE": "off",  # Go >= 1.16 refuses this go.mod with -mod=vendor
            "GOFLAGS": "",
            "GOENV": "off",
            "TMPDIR": str(WORK),
            "PATH": f"{self.goroot}/bin:{SYSPATH}",
        }

    def run(self, *cmd: object, cwd: Path, timeout: float = 600) -> None:
        sh(["nice", *cmd], LOG_FILE, timeout, env=self.env, cwd=cwd)

    def build(self, *args: object, cwd: Path, timeout: float = 600) -> None:
        self.run(self.goroot / "bin/go", "build", *args, cwd=cwd, timeout=timeout)


def unpack_source(go: Go, root: Path, tar: Path) -> None:
    src = go.source
    remove(go.path)
    src.mkdir(parents=True)
    sh(["tar", "-xzf", tar, "-C", src, "--strip-components=1"], LOG_FILE, timeout=300)
    # reflect2 1.0.1 panics under Go >= 1.18 as soon as a map is encoded; Debian has the
    # fixed 1.0.2
    vendored = src / "vendor/github.com/modern-go/reflect2"
    for f in [*vendored.glob("*.go"), *vendored.glob("*.s")]:
        f.unlink()
    debian = root / "usr/share/gocode/src/github.com/modern-go/reflect2"
    for f in [*debian.glob("*.go"), *debian.glob("*.s")]:
        shutil.copy(f, vendored)
    # discovery has an empty singularName before 1.27, and kr8s then mistakes types: fill it
    installer = src / "staging/src/k8s.io/apiserver/pkg/endpoints/installer.go"
    place = r"(\t+apiResource\.Name = path\n)"
    text, n = re.subn(place, lambda m: m[1] + SINGULAR_NAME, installer.read_text())
    if n != 2:
        raise Fail(
            f"{installer.name} has {n} places for the singular name, not 2:"
            " another version of Kubernetes?"
        )
    installer.write_text(text)


def openapi_packages(src: Path) -> list[str]:
    """The Go packages that ask for OpenAPI definitions."""
    skip = ("/code-generator/", "/sample-apiserver/", "/testdata/", "/build/")
    staging, prefix = "staging/src/", "k8s.io/kubernetes/"
    found = set()
    for top in ("cmd", "pkg", "plugin", "staging/src/k8s.io"):
        for f in (src / top).rglob("*.go"):
            rel = f.relative_to(src).as_posix()
            if any(s in "/" + rel for s in skip) or rel.endswith("_test.go"):
                continue
            if b"+k8s:openapi-gen=" in f.read_bytes():
                d = os.path.dirname(rel)
                vendored = d.startswith(staging)
                found.add(prefix + ("vendor/" + d[len(staging) :] if vendored else d))
    return sorted(found)


def generate_openapi(go: Go) -> None:
    """Make a file that the source lacks and kube-apiserver does not compile without."""
    say("kubernetes: generating the OpenAPI definitions")
    generator = WORK / "openapi-gen"
    package = "./vendor/k8s.io/kube-openapi/cmd/openapi-gen"
    go.build("-o", generator, package, cwd=go.source)
    arguments = {
        "-i": ",".join(openapi_packages(go.source)),
        "-p": "k8s.io/kubernetes/pkg/generated/openapi",
        "-O": "zz_generated.openapi",
        "-h": "vendor/k8s.io/code-generator/hack/boilerplate.go.txt",
        "-r": WORK / "openapi.report",
        "--output-base": go.path / "src",
    }
    words = [x for item in arguments.items() for x in item]
    go.run(generator, "--logtostderr", *words, cwd=go.source)


def compile_components(go: Go, out: Path) -> None:
    names = " ".join(COMPONENTS)
    say(f"kubernetes: compiling {names} (the long step: about 6 minutes on 2 cores)")
    version = {
        "gitVersion": K8S_VERSION,
        "gitMajor": "1",
        "gitMinor": "20",
        "gitTreeState": "archive",
        "gitCommit": K8S_COMMIT,
        "buildDate": "2021-01-13T00:00:00Z",
    }
    vendor = "k8s.io/kubernetes/vendor/k8s.io"
    flags = "-s -w"
    for p in ("client-go/pkg/version", "component-base/version"):
        flags += "".join(f" -X {vendor}/{p}.{k}={v}" for k, v in version.items())
    packages = [f"k8s.io/kubernetes/cmd/{c}" for c in COMPONENTS]
    go.build("-ldflags", flags, "-o", f"{out}/", *packages, cwd=go.source, timeout=3600)
    pause = WORK / "pause.go"
    pause.write_text(PAUSE_GO)
    go.build("-ldflags", "-s -w", "-o", out / "pause", pause, cwd=WORK, timeout=300)


def build_bin(root: Path, tar: Path) -> None:
    out = bin_dir()
    if have_binaries():
        say("kubernetes: already built")
        return
    remove(out)
    (out / "cni").mkdir(parents=True)
    go = Go(root)
    unpack_source(go, root, tar)
    generate_openapi(go)
    compile_components(go, out)
    for name in DAEMONS:
        shutil.copy2(root / "usr" / name, out)
    for name in PLUGINS:
        shutil.copy2(root / "usr/lib/cni" / name, out / "cni")
    versions = [*sorted(p.name for p in (WORK / "debs").glob("*.deb")), tar.name]
    (out / "versions.txt").write_text("\n".join(versions) + "\n")
    for name in [*(c for c in COMPONENTS if c != "kubectl"), "containerd", "etcd", "runc"]:
        sh([out / name, "--version"], LOG_FILE)
    (out / "done").touch()
    say("kubernetes: done")
