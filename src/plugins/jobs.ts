import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ClusterClient } from '../client';
import { JobManager } from '../jobs';
import type { Job } from '../schema';
import { takes } from '../takes';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager, IJobManager } from '../tokens';
import type { LogView } from '../widgets/logView';

/**
 * Provides the jobs of this server, and what one can do with them.
 */
export const jobsPlugin: JupyterFrontEndPlugin<IJobManager> = {
  id: 'jupyter-dask-k8s:jobs',
  description: 'Provides the Dask jobs of this server, their logs and results.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ILayoutRestorer],
  provides: IJobManager,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): IJobManager => {
    const { serverSettings } = app.serviceManager;
    const jobs = new JobManager({
      client: new ClusterClient({ serverSettings }),
      clusters: manager
    });
    const trans = textsOf(translator);
    addLogs(app, jobs, restorer, trans);
    addResult(app, jobs, trans);
    addDelete(app, jobs, manager, trans);
    // Who refreshes the clusters wants to see all that is new.
    app.commands.commandExecuted.connect((_, { id }) => {
      if (id === CommandIDs.refresh && jobs.available) {
        void jobs.refresh();
      }
    });
    jobs.changed.connect(() => app.commands.notifyCommandChanged());
    return jobs;
  }
};

/** Logs are documents of the main area; those that are open come back. */
function addLogs(
  app: JupyterFrontEnd,
  jobs: IJobManager,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const tracker = new WidgetTracker<MainAreaWidget<LogView>>({
    namespace: 'jupyter-dask-k8s-logs'
  });
  app.commands.addCommand(CommandIDs.jobLogs, {
    label: trans.__('Show Logs'),
    caption: trans.__('Show what the job printed'),
    describedBy: takes('JOB_ARGS'),
    execute: async args => {
      if (typeof args.job === 'string' && args.job !== '') {
        const { showJobLogs } = await import('../showjoblogs');
        await showJobLogs(args.job, { jobs, shell: app.shell, tracker, trans });
      }
    }
  });
  void restorer?.restore(tracker, {
    command: CommandIDs.jobLogs,
    args: ({ content }) => ({ job: content.model.owner }),
    name: ({ content }) => content.model.owner
  });
}

function addResult(
  app: JupyterFrontEnd,
  jobs: IJobManager,
  trans: TranslationBundle
): void {
  const result = (args: ReadonlyPartialJSONObject): string | null =>
    jobOf(jobs, args)?.result ?? null;
  app.commands.addCommand(CommandIDs.jobResult, {
    label: trans.__('Open Result'),
    caption: trans.__('Open the notebook with the results'),
    describedBy: takes('JOB_ARGS'),
    isVisible: args => result(args) !== null,
    execute: args =>
      app.commands.execute('docmanager:open', { path: result(args) })
  });
}

function addDelete(
  app: JupyterFrontEnd,
  jobs: IJobManager,
  manager: IClusterManager,
  trans: TranslationBundle
): void {
  const deletable = (args: ReadonlyPartialJSONObject): Job | undefined => {
    const job = jobOf(jobs, args);
    return job?.phase === 'Stopping' ? undefined : job;
  };
  app.commands.addCommand(CommandIDs.jobDelete, {
    label: trans.__('Delete Job…'),
    caption: trans.__('Delete the job, its cluster and its logs'),
    icon: deleteIcon,
    describedBy: takes('JOB_ARGS'),
    isEnabled: args => deletable(args) !== undefined,
    execute: async args => {
      const job = deletable(args);
      if (job) {
        const { deleteJob } = await import('../deletion');
        await deleteJob(job, jobs, manager.status?.user ?? null, trans);
      }
    }
  });
}

function jobOf(
  jobs: IJobManager,
  args: ReadonlyPartialJSONObject
): Job | undefined {
  return typeof args.job === 'string' ? jobs.get(args.job) : undefined;
}
