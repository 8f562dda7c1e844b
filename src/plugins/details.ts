import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ITranslator } from '@jupyterlab/translation';
import { infoIcon } from '@jupyterlab/ui-components';

import { takes } from '../takes';
import { clusterOf, targetOf } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager } from '../tokens';
import type { DetailsView } from '../widgets/detailsView';

/**
 * What kubectl would show of a cluster, in the main area: one document for each cluster;
 * those that are open come back.
 */
export const detailsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:details',
  description:
    'Shows the details of a Dask cluster: pods, events, logs and YAML.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ILayoutRestorer, IEditorServices],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    editors: IEditorServices | null
  ): void => {
    const { commands, shell } = app;
    const trans = textsOf(translator);
    const tracker = new WidgetTracker<MainAreaWidget<DetailsView>>({
      namespace: 'jupyter-dask-k8s-details'
    });
    commands.addCommand(CommandIDs.details, {
      label: trans.__('Show Dask Cluster Details'),
      caption: trans.__('Pods, events, logs and YAML of the cluster'),
      icon: args => (args.isPalette ? undefined : infoIcon),
      describedBy: takes('DETAILS_ARGS'),
      isEnabled: args => clusterOf(manager, args) !== undefined,
      execute: async args => {
        const cluster = targetOf(manager, args);
        if (cluster !== null) {
          const { showDetails } = await import('../showdetails');
          const options = { commands, editors, manager, shell, tracker, trans };
          await showDetails(cluster, args, options);
        }
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.details,
      args: ({ content }) => ({
        cluster: content.model.name,
        tab: content.model.tab
      }),
      name: ({ content }) => content.model.name
    });
  }
};
