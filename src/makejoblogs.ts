import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { JobLogsModel } from './joblogs';
import type { IJobManager } from './tokens';
import { clusterIcon } from './widgets/icons';
import { LogView } from './widgets/logView';

/** The logs of a job as a document of the main area. */
export function makeJobLogs(
  jobs: IJobManager,
  name: string,
  trans: TranslationBundle
): MainAreaWidget<LogView> {
  const content = new LogView(new JobLogsModel(jobs, name, trans), trans);
  const widget = new MainAreaWidget({ content });
  widget.id = `jupyter-dask-k8s-logs-${name}`;
  widget.title.label = trans.__('Logs of %1', name);
  widget.title.icon = clusterIcon;
  widget.title.closable = true;
  return widget;
}
