import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster } from './schema';

/**
 * What the page in a pane's frame is known to do:
 * `blank`: nothing is loaded; `loading`: on its way; `live`: there, and its
 * websocket (where it has one) is open; `lost`: that websocket is gone; `barred`: a
 * page that is kept apart from Jupyter cannot be had through what is in front of it.
 */
export type FrameState = 'blank' | 'loading' | 'live' | 'lost' | 'barred';

/**
 * All that decides what a pane shows.
 */
export interface IPaneFacts {
  /** The name of the cluster that the pane shows. */
  readonly name: string;
  /** The title of its plot. */
  readonly plot: string;
  /** The cluster as it is listed, if it is. */
  readonly cluster: Cluster | undefined;
  /** Whether the list of clusters was read yet. */
  readonly known: boolean;
  /** Why there is no list, or no new one, if so. */
  readonly error: string;
  readonly frame: FrameState;
  /** The scheduler whose page was loaded last; empty before the first. */
  readonly loaded: string;
  /** Why the plot would show nothing, as a sentence; empty where that is not known. */
  readonly empty: string;
}

/**
 * What a pane is to do and to show.
 */
export interface IPaneView {
  /** Which message lies over the frame; `none` when the plot is to be seen. */
  readonly kind:
    | 'none'
    | 'loading'
    | 'waiting'
    | 'reconnecting'
    | 'disconnected'
    | 'gone'
    | 'empty'
    | 'barred';
  readonly title: string;
  readonly reason: string;
  /** The scheduler whose page belongs in the frame; empty for none. */
  readonly wanted: string;
}

/**
 * Which scheduler a cluster has, so that a new one is noticed. A scheduler that
 * has no address for clients yet still has a dashboard.
 */
export function schedulerOf(cluster: Cluster): string {
  const { contained, created, name, scheduler_address } = cluster;
  // Whose it is decides how it is shown.
  const apart = contained ? ' contained' : '';
  return `${name} ${scheduler_address ?? ''} ${created}${apart}`;
}

/**
 * Decide what a pane shows.
 */
export function viewOf(facts: IPaneFacts, trans: TranslationBundle): IPaneView {
  const { name, cluster, known, error } = facts;
  if (cluster === undefined) {
    return known && error === ''
      ? absent(name, facts.loaded !== '', trans)
      : message('waiting', trans.__('Looking for %1 …', name), error);
  }
  if (cluster.phase === 'Running' || waitsForWorkers(facts, cluster)) {
    return running(facts, cluster, trans);
  }
  if (cluster.phase === 'Stopping') {
    return message(
      'disconnected',
      trans.__('%1 is shutting down', name),
      cluster.reason
    );
  }
  if (cluster.phase === 'Failed' || facts.loaded !== '') {
    return message(
      'disconnected',
      facts.loaded !== ''
        ? trans.__('Disconnected from %1', name)
        : trans.__('%1 has failed', name),
      cluster.reason
    );
  }
  return message('waiting', trans.__('Waiting for %1 …', name), cluster.reason);
}

/** A cluster that has lost its last worker still has the scheduler we show. */
function waitsForWorkers(facts: IPaneFacts, cluster: Cluster): boolean {
  return (
    cluster.phase === 'Pending' &&
    cluster.scheduler_address !== null &&
    facts.frame === 'live' &&
    facts.loaded === schedulerOf(cluster)
  );
}

function running(
  facts: IPaneFacts,
  cluster: Cluster,
  trans: TranslationBundle
): IPaneView {
  const wanted = schedulerOf(cluster);
  if (facts.empty !== '') {
    return message(
      'empty',
      trans.__('%1 has nothing to show', facts.plot),
      facts.empty
    );
  }
  if (facts.frame === 'live' && facts.loaded === wanted) {
    return { kind: 'none', title: '', reason: '', wanted };
  }
  if (facts.frame === 'barred' && facts.loaded === wanted) {
    return {
      kind: 'barred',
      title: trans.__('The dashboard of %1 cannot be shown here', facts.name),
      reason: trans.__(
        'The cluster is not yours, so its pages are kept apart from Jupyter and have no cookies. The gateway in front of Jupyter insists on one.'
      ),
      wanted
    };
  }
  if (facts.frame === 'lost') {
    return {
      kind: 'reconnecting',
      title: trans.__('Reconnecting to %1 …', facts.name),
      reason: '',
      wanted
    };
  }
  return {
    kind: 'loading',
    title: trans.__('Loading %1 …', facts.plot),
    reason: '',
    wanted
  };
}

function absent(
  name: string,
  wasLoaded: boolean,
  trans: TranslationBundle
): IPaneView {
  return message(
    'gone',
    wasLoaded
      ? trans.__('Disconnected from %1', name)
      : trans.__('There is no cluster %1', name),
    trans.__(
      'It was shut down, or it ended. The plot returns with a cluster of this name.'
    )
  );
}

function message(
  kind: IPaneView['kind'],
  title: string,
  reason: string
): IPaneView {
  return { kind, title, reason, wanted: '' };
}
