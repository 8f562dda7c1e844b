import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  Notification
} from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { parseLayout } from '../panelayout';
import { DashboardPanes } from '../panes';
import { dockOf } from '../place';
import { hasScheduler, targetOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IDashboardPanes,
  TRANSLATION_DOMAIN
} from '../tokens';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import { plotIcon } from '../widgets/ploticon';

const PLUGIN_ID = 'jupyter-dask-k8s:panes';

/** The arguments of the command that opens a plot. */
const PLOT_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    path: {
      type: 'string',
      description: 'The page of the dashboard, as individual-task-stream.'
    },
    title: { type: 'string', description: 'What the tab is called.' },
    id: {
      type: 'string',
      description: 'The id of a pane that is to be restored.'
    }
  }
};

/** The arguments of the command that opens the whole dashboard. */
const DASHBOARD_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    newTab: {
      type: 'boolean',
      description: 'Whether to open it in a new tab of the browser.'
    }
  }
};

/** The arguments of the command that changes the cluster of panes. */
const REBIND_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    id: {
      type: 'string',
      description: 'The id of the one pane to change; without it, all of them.'
    }
  }
};

/** The page that is the whole dashboard. */
const STATUS = 'status';

/**
 * Opens plots as panes, and brings them back after a reload of the page.
 */
export const panesPlugin: JupyterFrontEndPlugin<IDashboardPanes> = {
  id: PLUGIN_ID,
  description: 'Opens plots of Dask clusters as panes in the main area.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [
    ILayoutRestorer,
    ISettingRegistry,
    ICommandPalette,
    ITranslator,
    IThemeManager,
    IClusterMonitors
  ],
  provides: IDashboardPanes,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
    themes: IThemeManager | null,
    monitors: IClusterMonitors | null
  ): IDashboardPanes => {
    const shell = dockOf(app.shell);
    const used = translator ?? nullTranslator;
    const trans = used.load(TRANSLATION_DOMAIN);
    const panes = new DashboardPanes({
      manager,
      shell,
      themes,
      translator: used,
      openMonitor: cluster => {
        if (app.commands.hasCommand(CommandIDs.monitor)) {
          void app.commands.execute(CommandIDs.monitor, { cluster });
        }
      },
      suggestMonitor: cluster => suggestMonitor(app, cluster, trans)
    });
    addCommands(app, manager, panes, monitors, trans);
    if (settings !== null) {
      void followSettings(settings, panes);
    }
    if (shell !== null && restorer !== null) {
      void restorer.restore(panes.tracker, {
        command: CommandIDs.openPlot,
        args: ({ id, cluster, plot }) => ({ id, cluster, ...plot }),
        name: pane => pane.id
      });
    }
    for (const command of [
      CommandIDs.openDashboard,
      CommandIDs.openLayout,
      CommandIDs.rebind
    ]) {
      palette?.addItem({ command, category: trans.__('Dask') });
    }
    palette?.addItem({
      command: CommandIDs.openDashboard,
      args: { newTab: true },
      category: trans.__('Dask')
    });
    return panes;
  }
};

/** Many plots are slow; one view of ours shows most of it at little cost. */
function suggestMonitor(
  app: JupyterFrontEnd,
  cluster: string,
  trans: TranslationBundle
): void {
  const { commands } = app;
  if (!commands.hasCommand(CommandIDs.monitor)) {
    return;
  }
  Notification.info(
    trans.__(
      'Many plots are open; each is a page of its own and makes the browser slower. The cluster monitor shows workers, memory and tasks in one.'
    ),
    {
      autoClose: 20 * 1000,
      actions: [
        {
          label: trans.__('Open monitor'),
          callback: () => void commands.execute(CommandIDs.monitor, { cluster })
        }
      ]
    }
  );
}

async function followSettings(
  registry: ISettingRegistry,
  panes: DashboardPanes
): Promise<void> {
  const settings = await registry.load(PLUGIN_ID);
  const read = (): void => {
    panes.layout = parseLayout(settings.get('layout').composite);
  };
  settings.changed.connect(read);
  read();
}

function addCommands(
  app: JupyterFrontEnd,
  manager: IClusterManager,
  panes: DashboardPanes,
  monitors: IClusterMonitors | null,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const changed = (): void => commands.notifyCommandChanged();
  const named = (args: ReadonlyPartialJSONObject): string | null =>
    targetOf(manager, args);
  const isEnabled = (args: ReadonlyPartialJSONObject): boolean =>
    hasScheduler(manager, args);

  commands.addCommand(CommandIDs.openDashboard, {
    describedBy: { args: DASHBOARD_ARGS },
    label: args =>
      args.newTab === true
        ? trans.__('Open Dask Dashboard in New Browser Tab')
        : trans.__('Open Dask Dashboard'),
    caption: trans.__('Show all of the dashboard of a Dask cluster'),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled,
    execute: async args => {
      const cluster = named(args);
      if (cluster === null) {
        return;
      }
      if (args.newTab === true) {
        window.open(panes.url(cluster, STATUS), '_blank', 'noopener');
        return;
      }
      const plot = { path: STATUS, title: trans.__('Dashboard') };
      await panes.open(cluster, plot);
    }
  });

  commands.addCommand(CommandIDs.openPlot, {
    describedBy: { args: PLOT_ARGS },
    label: args =>
      typeof args.title === 'string'
        ? trans.__('Open Dask Plot: %1', args.title)
        : trans.__('Open Dask Plot'),
    caption: trans.__('Show a plot of a Dask cluster in the main area'),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled: args => isEnabled(args) && typeof args.path === 'string',
    execute: async args => {
      const cluster = named(args);
      if (cluster === null || typeof args.path !== 'string') {
        return undefined;
      }
      const title = typeof args.title === 'string' ? args.title : args.path;
      const plot = { path: args.path, title };
      if (typeof args.id === 'string') {
        // The layout restorer brings a pane back; it puts it in its place.
        return panes.restore(cluster, plot, args.id);
      }
      await panes.open(cluster, plot);
      return undefined;
    }
  });

  commands.addCommand(CommandIDs.openLayout, {
    describedBy: { args: CLUSTER_ARGS },
    label: trans.__('Open Default Dask Plots'),
    caption: trans.__(
      'Open the plots that most people want, side by side (see the settings)'
    ),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled,
    execute: async args => {
      const cluster = named(args);
      if (cluster !== null) {
        await panes.openLayout(cluster);
      }
    }
  });

  commands.addCommand(CommandIDs.rebind, {
    describedBy: { args: REBIND_ARGS },
    label: args => {
      const cluster = named(args);
      return cluster === null
        ? trans.__('Show Another Cluster in All Dask Panes')
        : trans.__('Show “%1” in All Dask Panes', cluster);
    },
    caption: trans.__('Panes that show another cluster change to this one'),
    isEnabled: args =>
      named(args) !== null && panes.tracker.size + (monitors?.count ?? 0) > 0,
    execute: args => {
      const cluster = named(args);
      if (cluster !== null) {
        const id = typeof args.id === 'string' ? args.id : undefined;
        panes.rebind(cluster, id);
        if (id === undefined) {
          monitors?.rebind(cluster);
        }
      }
    }
  });

  manager.selectedChanged.connect(changed);
  panes.tracker.widgetAdded.connect(changed);
}
