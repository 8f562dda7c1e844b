import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, type WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { JobLogsModel } from './joblogs';
import { placeDocument, showDocument } from './place';
import type { IJobManager } from './tokens';
import { clusterIcon } from './widgets/icons';
import { LogView } from './widgets/logView';

/** What the logs of a job need. */
export interface IJobLogsOptions {
  jobs: IJobManager;
  shell: JupyterFrontEnd.IShell;
  /** The logs that are open. */
  tracker: WidgetTracker<MainAreaWidget<LogView>>;
  trans: TranslationBundle;
}

/** Show the logs of a job as a document, which opens if it is not. */
export async function showJobLogs(
  name: string,
  options: IJobLogsOptions
): Promise<void> {
  const { shell, tracker } = options;
  let widget = tracker.find(({ content }) => content.model.owner === name);
  if (widget === undefined) {
    widget = makeJobLogs(name, options);
    placeDocument(shell, widget);
    await tracker.add(widget);
  }
  showDocument(shell, widget);
}

function makeJobLogs(
  name: string,
  { jobs, trans }: IJobLogsOptions
): MainAreaWidget<LogView> {
  const content = new LogView(new JobLogsModel(jobs, name, trans), trans);
  const widget = new MainAreaWidget({ content });
  widget.id = `jupyter-dask-k8s-logs-${name}`;
  widget.title.label = trans.__('Logs of %1', name);
  widget.title.icon = clusterIcon;
  widget.title.closable = true;
  return widget;
}
