import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { infoIcon } from '@jupyterlab/ui-components';

import { placeDocument, showDocument } from '../place';
import { clusterOf, targetOf } from '../target';
import { CommandIDs, IClusterManager, TRANSLATION_DOMAIN } from '../tokens';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import type { DetailsView } from '../widgets/detailsView';

/** The arguments of the command. */
const ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    tab: {
      type: 'string',
      enum: ['overview', 'pods', 'events', 'logs', 'yaml'],
      description: 'What is shown first.'
    },
    pod: { type: 'string', description: 'The pod whose logs are shown.' }
  }
};

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
  optional: [ITranslator, ICommandPalette, ILayoutRestorer, IEditorServices],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    editors: IEditorServices | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const tracker = new WidgetTracker<MainAreaWidget<DetailsView>>({
      namespace: 'jupyter-dask-k8s-details'
    });
    const find = (cluster: string) =>
      tracker.find(({ content }) => content.model.name === cluster);

    const open = async (cluster: string) => {
      // It is not needed at the start.
      const [{ DetailsModel }, { makeDetailsWidget }] = await Promise.all([
        import('../details'),
        import('../widgets/detailsView')
      ]);
      const opened = find(cluster);
      if (opened) {
        return opened;
      }
      const model = new DetailsModel({ cluster, manager, trans });
      const widget = makeDetailsWidget({ commands, editors, model, trans });
      let { tab } = model;
      model.changed.connect(() => {
        if (tab !== model.tab) {
          tab = model.tab;
          void tracker.save(widget);
        }
      });
      placeDocument(shell, widget);
      await tracker.add(widget);
      return widget;
    };

    commands.addCommand(CommandIDs.details, {
      label: trans.__('Show Dask Cluster Details'),
      caption: trans.__('Pods, events, logs and YAML of the cluster'),
      icon: args => (args.isPalette ? undefined : infoIcon),
      describedBy: { args: ARGS },
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
    const notify = (): void =>
      commands.notifyCommandChanged(CommandIDs.details);
    manager.changed.connect(notify);
    manager.selectedChanged.connect(notify);
    palette?.addItem({
      command: CommandIDs.details,
      category: trans.__('Dask')
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
  return ARGS.properties.tab.enum.includes(String(value));
}
