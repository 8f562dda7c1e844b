import type { TranslationBundle } from '@jupyterlab/translation';

import { findByLink } from './dashboardlink';
import type { IKernelClient } from './kernelcode';
import type { Cluster } from './schema';
import { describeWorkers } from './widgets/format';

/**
 * What is known of the clients of a notebook's kernel.
 */
export interface IConnection {
  /** Its clients, the one that computations use first; `null` while not known. */
  readonly clients: ReadonlyArray<IKernelClient> | null;
  /** The clusters of clients that were found in the list before, by address. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * How the connection of a notebook is shown.
 */
export interface IConnectionView {
  /**
   * The cluster's phase; `none`: not connected; `other`: to what is not in the list;
   * `unknown`: nobody knows.
   */
  readonly sign: Cluster['phase'] | 'none' | 'other' | 'unknown';
  readonly label: string;
  /** What there is to say, in sentences. */
  readonly words: string;
  /** The cluster's name, if it is in the list. */
  readonly cluster: string | null;
}

/**
 * Find the cluster that a client is connected to.
 *
 * @param baseUrl The base URL of Jupyter.
 */
export function clusterOfClient(
  client: IKernelClient,
  clusters: ReadonlyArray<Cluster>,
  baseUrl: string
): Cluster | undefined {
  const { address, kind, link, name, namespace } = client;
  if (kind === 'KubeCluster') {
    return clusters.find(it => it.name === name && it.namespace === namespace);
  }
  const known = clusters.find(it => isAddressOf(address, it));
  // Through a port that the notebook forwards, the link alone has the name.
  return known || kind !== '' || !/\/\/(localhost|127\.0\.0\.1):/.test(address)
    ? known
    : findByLink(link, clusters, baseUrl);
}

/** Whether an address leads to a cluster; a Service has several names. */
function isAddressOf(address: string, cluster: Cluster): boolean {
  if (address === '' || cluster.scheduler_address === null) {
    return false;
  }
  const [host, port] = place(address);
  const [itsHost, itsPort] = place(cluster.scheduler_address);
  return (
    port === itsPort &&
    (host === itsHost ||
      (cluster.backend === 'kubernetes' && host === itsHost.split('.')[0]))
  );
}

function place(address: string): [string, string] {
  const [, host, port] = /^(?:\w+:\/\/)?(.*):(\d+)$/.exec(address) ?? [];
  return [
    (host ?? address).replace(/\.svc(\.cluster\.local)?$/, ''),
    port ?? ''
  ];
}

/**
 * Say what a notebook is connected to.
 */
export function viewConnection(
  connection: IConnection,
  clusters: ReadonlyArray<Cluster>,
  baseUrl: string,
  trans: TranslationBundle
): IConnectionView {
  const { clients, names } = connection;
  if (clients === null) {
    return {
      sign: 'unknown',
      label: trans.__('Dask'),
      words: trans.__(
        'Whether this notebook is connected to a Dask cluster is known when its kernel has time to say so.'
      ),
      cluster: null
    };
  }
  if (clients.length === 0) {
    return {
      sign: 'none',
      label: trans.__('Not connected'),
      words: trans.__('This notebook is not connected to a Dask cluster.'),
      cluster: null
    };
  }
  const [client, ...others] = clients;
  const cluster = clusterOfClient(client, clusters, baseUrl);
  const view = cluster
    ? listed(client, cluster, trans)
    : unlisted(client, names.get(client.address), trans);
  const more = trans._n(
    'It has one more client.',
    'It has %1 more clients.',
    others.length
  );
  return others.length > 0 ? { ...view, words: `${view.words} ${more}` } : view;
}

function listed(
  client: IKernelClient,
  cluster: Cluster,
  trans: TranslationBundle
): IConnectionView {
  const { name, phase, reason } = cluster;
  const lost = client.status === 'connecting' && phase === 'Running';
  const words = lost
    ? trans.__(
        'This notebook has lost its connection to “%1” and tries again.',
        name
      )
    : trans.__('This notebook is connected to “%1”.', name);
  const more = reason || describeWorkers(cluster, trans);
  return {
    sign: lost ? 'Pending' : phase,
    label: name,
    words: `${words} ${trans.__('%1: %2', phase, more)}`,
    cluster: name
  };
}

function unlisted(
  client: IKernelClient,
  name: string | undefined,
  trans: TranslationBundle
): IConnectionView {
  const { address, kind } = client;
  if (name !== undefined) {
    return {
      sign: 'Failed',
      label: name,
      words: trans.__(
        'This notebook was connected to “%1”, which is gone.',
        name
      ),
      cluster: null
    };
  }
  return {
    sign: 'other',
    label: client.name || kind || trans.__('Other cluster'),
    words: trans.__(
      'This notebook is connected to a cluster that is not in the list: %1',
      address || kind
    ),
    cluster: null
  };
}
