import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster, Job } from './schema';
import { messageOf } from './target';
import type { IClusterManager, IJobManager } from './tokens';
import { confirmDelete, confirmDeleteJob } from './widgets/confirm';

/** Delete a cluster, if the user means it. */
export async function deleteCluster(
  cluster: Cluster,
  manager: IClusterManager,
  trans: TranslationBundle
): Promise<void> {
  const { name, uid } = cluster;
  const user = manager.status?.user ?? null;
  if (await confirmDelete(cluster, user, trans)) {
    try {
      await manager.shutdown(name, uid);
    } catch (error) {
      await showErrorMessage(trans.__('“%1” was not deleted', name), {
        message: messageOf(error)
      });
    }
  }
}

/** Delete a job, if the user means it. */
export async function deleteJob(
  job: Job,
  jobs: IJobManager,
  user: string | null,
  trans: TranslationBundle
): Promise<void> {
  if (await confirmDeleteJob(job, user, trans)) {
    try {
      await jobs.remove(job.name, job.uid);
    } catch (error) {
      Notification.error(messageOf(error));
    }
  }
}
