import type { Cluster } from './schema';

/** Names that mean this machine. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);

/** Our proxy by the name of a cluster. */
const BY_NAME = /^dask-k8s\/clusters\/([^/]+)\/dashboard(?:\/|$)/;

/** Our proxy by an address, as in links that `dask.distributed` makes. */
const BY_ADDRESS = /^dask-k8s\/dashboard\/([^/]+:\d+)(?:\/|$)/;

/** jupyter-server-proxy, which many set as the template of links. */
const BY_PROXY = /(?:^|\/)proxy\/(?:absolute\/)?([^/]+:\d+|\d+)(?:\/|$)/;

/**
 * Find the cluster whose dashboard a link leads to. The link may be absolute, a
 * path with or without the base URL of Jupyter, or the scheduler's own
 * `http://host:port/status`.
 *
 * @param baseUrl The base URL of Jupyter, as a path or whole.
 */
export function findByLink(
  link: string,
  clusters: ReadonlyArray<Cluster>,
  baseUrl: string
): Cluster | undefined {
  const url = parse(link);
  if (url === null) {
    return undefined;
  }
  const path = withoutBase(url.pathname, baseUrl);
  const name = BY_NAME.exec(path)?.[1];
  if (name !== undefined) {
    return clusters.find(cluster => cluster.name === name);
  }
  const address = addressOf(url, path);
  return address === null
    ? undefined
    : clusters.find(cluster => addressesOf(cluster, baseUrl).has(address));
}

/** The `host:port` of the scheduler's dashboard that a link leads to. */
function addressOf(url: URL, path: string): string | null {
  const inPath = (BY_ADDRESS.exec(path) ?? BY_PROXY.exec(path))?.[1];
  if (inPath !== undefined) {
    return normal(/^\d+$/.test(inPath) ? `localhost:${inPath}` : inPath);
  }
  return url.origin !== RELATIVE && url.port !== '' ? normal(url.host) : null;
}

/** Every `host:port` by which a cluster's dashboard is known. */
function addressesOf(cluster: Cluster, baseUrl: string): Set<string> {
  const found = new Set<string>();
  const link = parse(cluster.dashboard_link ?? '');
  const address = link && addressOf(link, withoutBase(link.pathname, baseUrl));
  if (address !== null) {
    found.add(address);
    // The scheduler may know itself by another name than the link has.
    const host = /^\w+:\/\/(.+):\d+$/.exec(
      cluster.scheduler_address ?? ''
    )?.[1];
    if (host !== undefined) {
      found.add(normal(`${host}${address.slice(address.lastIndexOf(':'))}`));
    }
  }
  return found;
}

/** Stands for the origin of links that have none. */
const RELATIVE = 'http://relative.invalid';

function parse(link: string): URL | null {
  try {
    return new URL(link.trim(), `${RELATIVE}/`);
  } catch {
    return null;
  }
}

function withoutBase(path: string, baseUrl: string): string {
  const base = trim(parse(baseUrl)?.pathname ?? '');
  const rest = trim(decode(path));
  return base !== '' && (rest === base || rest.startsWith(`${base}/`))
    ? trim(rest.slice(base.length))
    : rest;
}

function trim(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function normal(address: string): string {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).toLowerCase();
  return `${LOOPBACK.has(host) ? 'localhost' : host}${address.slice(colon)}`;
}
