"""Debian's packages: from the machine's own mirror, without a change to its apt."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from .common import Fail, attempt, say, sh
from .machine import SUITE
from .places import LOG, WORK

# Tools that are installed with apt, because they are harmless on a machine ...
TOOLS = [
    "ca-certificates",
    "conntrack",
    "debootstrap",
    "iproute2",
    "iptables",
    "openssl",
    "python3",
    "python3-venv",
    "util-linux",
]
# ... and packages that are only unpacked under $TESTBED_HOME: installing daemons would
# start them and would remove a Docker that is there already.
DEBS = [
    "golang-1.19-go",
    "golang-1.19-src",
    "golang-github-modern-go-reflect2-dev",
    "containerd",
    "runc",
    "containernetworking-plugins",
    "etcd-server",
]


@dataclasses.dataclass
class Source:
    """An entry of apt's sources."""

    uris: list[str]
    suites: list[str]
    components: list[str]
    signed_by: str | None

    def text(self) -> str:
        lines = [
            "Types: deb deb-src",
            f"URIs: {' '.join(self.uris)}",
            f"Suites: {' '.join(self.suites)}",
            "Components: main",
            *([f"Signed-By: {self.signed_by}"] if self.signed_by else []),
        ]
        return "\n".join(lines) + "\n\n"


def fields_of(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    key = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and key:
            fields[key] += "\n" + line
        elif ":" in line:
            key, _, value = line.partition(":")
            key = key.strip().lower()
            fields[key] = value.strip()
    return fields


def read_stanzas(text: str) -> list[Source]:
    """The entries of a file NAME.sources."""
    found = []
    for stanza in re.split(r"\n\s*\n", text):
        fields = fields_of(stanza)
        enabled = fields.get("enabled", "yes").lower() not in ("no", "false")
        if enabled and "deb" in fields.get("types", "").split():
            uris, suites, components = (
                fields.get(name, "").split() for name in ("uris", "suites", "components")
            )
            found.append(Source(uris, suites, components, fields.get("signed-by")))
    return found


def read_lines(text: str) -> list[Source]:
    """The entries of a file NAME.list."""
    found = []
    for line in text.splitlines():
        m = re.match(r"\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line)
        if m:
            options = dict(o.split("=", 1) for o in (m[1] or "").split() if "=" in o)
            signed_by = options.get("signed-by")
            found.append(Source([m[2]], [m[3]], m[4].split(), signed_by))
    return found


def debian_sources() -> list[Source]:
    """The machine's own entries for bookworm."""
    found: list[Source] = []
    parts = Path("/etc/apt/sources.list.d")
    for f in [Path("/etc/apt/sources.list"), *sorted(parts.glob("*"))]:
        if f.is_file() and f.suffix == ".sources":
            found += read_stanzas(f.read_text())
        elif f.is_file() and f.suffix == ".list":
            found += read_lines(f.read_text())
    ours = []
    for s in found:
        s.suites = [x for x in s.suites if x == SUITE or x.startswith(SUITE + "-")]
        if s.suites and "main" in s.components and s.uris:
            ours.append(s)
    if not any(SUITE in s.suites for s in ours):
        raise Fail(
            f"No `deb` entry for {SUITE} main in /etc/apt/sources.list"
            " or /etc/apt/sources.list.d."
        )
    return ours


class Apt:
    """apt with lists and deb + deb-src sources of its own: the machine's stay."""

    def __init__(self) -> None:
        self.log = LOG / "apt.log"
        self.dir = WORK / "apt"
        self.updated = False
        parts, lists = self.dir / "sources.list.d", self.dir / "lists"
        for d in (parts, lists / "partial", self.dir / "archives" / "partial"):
            d.mkdir(parents=True, exist_ok=True)
        self.sources = debian_sources()
        (parts / "testbed.sources").write_text("".join(s.text() for s in self.sources))
        settings = [
            "Dir::Etc::SourceList=/dev/null",
            f"Dir::Etc::SourceParts={parts}",
            f"Dir::State::Lists={lists}",
            f"Dir::Cache::Archives={self.dir / 'archives'}",
            f"Dir::Cache::pkgcache={self.dir / 'pkgcache.bin'}",
            f"Dir::Cache::srcpkgcache={self.dir / 'srcpkgcache.bin'}",
            "APT::Sandbox::User=root",
            "Acquire::Retries=3",
            "Acquire::Languages=none",
            "Acquire::http::Timeout=60",
            "DPkg::Lock::Timeout=300",
        ]
        self.options = [x for s in settings for x in ("-o", s)]

    def __call__(self, *args: str, cwd: Path | None = None) -> None:
        if not self.updated:
            self.updated = True
            say("apt: reading the package lists (into a private folder)")
            sh(["apt-get", *self.options, "-q", "update"], self.log, timeout=600)
        command = ["apt-get", *self.options, "-q", *args]
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        sh(command, self.log, timeout=600, cwd=cwd, env=quiet)

    def mirror(self) -> tuple[str, str | None]:
        """(URI, keyring or None) for debootstrap."""
        for s in self.sources:
            for uri in s.uris if SUITE in s.suites else []:
                if uri.split(":")[0] in ("http", "https", "file"):
                    return uri, self.keyring(s)
        raise Fail(
            f"No http, https or file mirror for {SUITE} in the machine's apt sources."
        )

    def keyring(self, source: Source) -> str | None:
        key = source.signed_by
        if not key:
            return None
        if not key.startswith("/"):  # an inline key block
            path = self.dir / "key.asc"
            lines = [x.strip() for x in key.splitlines()]
            path.write_text("\n".join("" if x == "." else x for x in lines))
            key = str(path)
        return key.split(",")[0].split()[0]


def missing_tools() -> list[str]:
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *TOOLS]
    lines = [line.split() for line in attempt(query).stdout.splitlines()]
    have = {words[0] for words in lines if words[1:2] == ["ii"]}
    return [t for t in TOOLS if t not in have]
