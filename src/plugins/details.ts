import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ITranslator } from '@jupyterlab/translation';
import { infoIcon } from '@jupyterlab/ui-components';

import { placeDocument, showDocument } from '../place';
import { takes } from '../takes';
import { clusterOf, targetOf } from '../target';
import { textsOf } from '../texts';
import { CommandIDs, IClusterManager } from '../tokens';
import type { DetailsView } from '../widgets/detailsView';

const TABS = ['overview', 'pods', 'events', 'logs', 'yaml'];

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
    const find = (cluster: string) =>
      tracker.find(({ content }) => content.model.name === cluster);

    const open = async (cluster: string) => {
      // It is not needed at the start.
      const { makeDetails } = await import('../makedetails');
      const opened = find(cluster);
      if (opened) {
        return opened;
      }
      const widget = makeDetails(cluster, {
        commands,
        editors,
        manager,
        trans,
        onTab: changed => void tracker.save(changed)
      });
      placeDocument(shell, widget);
      await tracker.add(widget);
      return widget;
    };

    commands.addCommand(CommandIDs.details, {
      label: trans.__('Show Dask Cluster Details'),
      caption: trans.__('Pods, events, logs and YAML of the cluster'),
      icon: args => (args.isPalette ? undefined : infoIcon),
      describedBy: takes('DETAILS_ARGS'),
      isEnabled: args => clusterOf(manager, args) !== undefined,
      execute: async args => {
        const cluster = targetOf(manager, args);
        if (cluster === null) {
          return;
        }
        const widget = find(cluster) ?? (await open(cluster));
        const { model } = widget.content;
        if (typeof args.pod === 'string') {
          model.showLogs(args.pod);
        } else if (isTab(args.tab)) {
          model.tab = args.tab;
        }
        showDocument(shell, widget);
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

function isTab(value: unknown): value is DetailsView['model']['tab'] {
  return TABS.includes(String(value));
}
