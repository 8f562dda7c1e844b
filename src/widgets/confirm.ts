import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, Metrics, WorkerGroup } from '../schema';

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

/** Ask before a job is deleted; `owner`: whose it is, where not the user's. */
export function confirmDeleteJob(
  job: Job,
  owner: string,
  trans: TranslationBundle
): Promise<boolean> {
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
