import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster, Job, Metrics, WorkerGroup } from '../schema';
import { countWorkers } from '../workers';
import { describeOwner } from './format';

/** Ask before a cluster is deleted: what is lost with it, and whose it is. */
export function confirmDelete(
  cluster: Cluster,
  user: string | null,
  trans: TranslationBundle
): Promise<boolean> {
  const { ready } = countWorkers(cluster);
  const owner = describeOwner(cluster, user, trans);
  const loss =
    ready === 0
      ? trans.__('It has no workers now, so no results are lost.')
      : trans._n(
          'Its %1 worker and all results in its memory will be lost.',
          'Its %1 workers and all results in their memory will be lost.',
          ready
        );
  return confirm(
    trans.__('Delete “%1”?', cluster.name),
    // Whoever deletes what others made should know it.
    owner === '' ? loss : `${owner}. ${loss}`,
    trans.__('Delete')
  );
}

/**
 * Ask before a worker group is removed, if its workers may hold results. Where the
 * newest reading says that no worker does, nobody is asked.
 */
export async function confirmRemove(
  group: WorkerGroup,
  metrics: Metrics | null,
  trans: TranslationBundle
): Promise<boolean> {
  const results = metrics === null ? null : (metrics.tasks.memory ?? 0);
  if (group.ready === 0 || results === 0) {
    return true;
  }
  return confirm(
    trans.__('Remove the worker group “%1”?', group.name),
    trans._n(
      'Its %1 worker stops. Results that only it holds are computed again where Dask knows how, and lost otherwise.',
      'Its %1 workers stop. Results that only they hold are computed again where Dask knows how, and lost otherwise.',
      group.ready
    ),
    trans.__('Remove')
  );
}

/** Ask before a job is deleted. */
export function confirmDeleteJob(
  job: Job,
  user: string | null,
  trans: TranslationBundle
): Promise<boolean> {
  const owner = describeOwner({ ...job, shared: false }, user, trans);
  const ended = job.phase === 'Succeeded' || job.phase === 'Failed';
  const loss = ended
    ? trans.__('Its logs are deleted with it. Files that it wrote stay.')
    : trans.__(
        'It is stopped, and its cluster and logs are deleted with it. Files that it wrote stay.'
      );
  return confirm(
    trans.__('Delete the job “%1”?', job.name),
    owner === '' ? loss : `${owner}. ${loss}`,
    trans.__('Delete')
  );
}

async function confirm(
  title: string,
  body: string,
  label: string
): Promise<boolean> {
  const result = await showDialog({
    title,
    body,
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label })]
  });
  return result.button.accept;
}
