import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager, WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { clusterCommands } from '../clustercommands';
import { once } from '../once';
import type { DashboardPanes } from '../panes';
import { takes } from '../takes';
import { clusterOf, hasScheduler, targetOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IDashboardPanes,
  TRANSLATION_DOMAIN
} from '../tokens';
import { plotIcon } from '../widgets/icons';
import type { DashboardPane } from '../widgets/pane';

const PLUGIN_ID = 'jupyter-dask-k8s:panes';

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
    ITranslator,
    IThemeManager,
    IClusterMonitors,
    ILabShell
  ],
  provides: IDashboardPanes,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    themes: IThemeManager | null,
    monitors: IClusterMonitors | null,
    shell: ILabShell | null
  ): IDashboardPanes => {
    const used = translator ?? nullTranslator;
    const trans = used.load(TRANSLATION_DOMAIN);
    const tracker = new WidgetTracker<DashboardPane>({
      namespace: 'jupyter-dask-k8s-panes'
    });
    const load = once(async () => {
      const { DashboardPanes } = await import('../panes');
      return new DashboardPanes({
        commands: app.commands,
        // Settings that are broken are like none: JupyterLab says so itself.
        settings: await registry?.load(PLUGIN_ID).catch(() => undefined),
        manager,
        shell,
        started: app.restored,
        themes,
        tracker,
        translator: used
      });
    });
    addCommands({ app, load, manager, monitors, tracker, trans });
    if (shell !== null) {
      void restorer?.restore(tracker, {
        command: CommandIDs.openPlot,
        args: ({ id, cluster, plot }) => ({ id, cluster, ...plot }),
        name: pane => pane.id
      });
    }
    return {
      open: async (...args) => (await load()).open(...args),
      openLayout: async cluster => (await load()).openLayout(cluster),
      widgetFactory: async (...args) => (await load()).widgetFactory(...args)
    };
  }
};

interface IContext {
  app: JupyterFrontEnd;
  /** How plots are opened comes with the first. */
  load: () => Promise<DashboardPanes>;
  manager: IClusterManager;
  monitors: IClusterMonitors | null;
  /** The panes that are open. */
  tracker: WidgetTracker<DashboardPane>;
  trans: TranslationBundle;
}

function addCommands({
  app,
  load,
  manager,
  monitors,
  tracker,
  trans
}: IContext): void {
  const { commands } = app;
  const named = (args: ReadonlyPartialJSONObject): string | null =>
    targetOf(manager, args);
  const add = clusterCommands(commands, manager);
  add(CommandIDs.openDashboard, {
    describedBy: takes('DASHBOARD_ARGS'),
    label: args =>
      args.newTab === true
        ? trans.__('Open Dask Dashboard in New Browser Tab')
        : trans.__('Open Dask Dashboard'),
    caption: trans.__('Show all of the dashboard of a Dask cluster'),
    icon: args => (args.isPalette ? undefined : plotIcon),
    fits: hasScheduler,
    execute: async ({ name }, { newTab }) => {
      if (newTab === true) {
        const url = manager.dashboardURL(name, STATUS);
        window.open(url, '_blank', 'noopener');
        return;
      }
      const plot = { path: STATUS, title: trans.__('Dashboard') };
      await (await load()).open(name, plot);
    }
  });

  commands.addCommand(CommandIDs.openPlot, {
    describedBy: takes('PLOT_ARGS'),
    label: args =>
      typeof args.title === 'string'
        ? trans.__('Open Dask Plot: %1', args.title)
        : trans.__('Open Dask Plot'),
    caption: trans.__('Show a plot of a Dask cluster in the main area'),
    icon: args => (args.isPalette ? undefined : plotIcon),
    isEnabled: args =>
      typeof args.path === 'string' && hasScheduler(clusterOf(manager, args)),
    execute: async args => {
      const cluster = named(args);
      if (cluster === null || typeof args.path !== 'string') {
        return undefined;
      }
      const title = typeof args.title === 'string' ? args.title : args.path;
      const plot = { path: args.path, title };
      const panes = await load();
      if (typeof args.id === 'string') {
        // The layout restorer brings a pane back; it puts it in its place.
        return panes.restore(cluster, plot, args.id);
      }
      await panes.open(cluster, plot);
      return undefined;
    }
  });

  add(CommandIDs.openLayout, {
    label: trans.__('Open Default Dask Plots'),
    caption: trans.__(
      'Open the plots that most people want, side by side (see the settings)'
    ),
    icon: args => (args.isPalette ? undefined : plotIcon),
    fits: hasScheduler,
    execute: async ({ name }) => (await load()).openLayout(name)
  });

  commands.addCommand(CommandIDs.rebind, {
    describedBy: takes('REBIND_ARGS'),
    label: args => {
      const cluster = named(args);
      return cluster === null
        ? trans.__('Show Another Cluster in All Dask Panes')
        : trans.__('Show “%1” in All Dask Panes', cluster);
    },
    caption: trans.__('Panes that show another cluster change to this one'),
    isEnabled: args =>
      named(args) !== null && tracker.size + (monitors?.count ?? 0) > 0,
    execute: args => {
      const cluster = named(args);
      if (cluster === null) {
        return;
      }
      if (typeof args.id === 'string') {
        tracker.find(pane => pane.id === args.id)?.rebind(cluster);
      } else {
        tracker.forEach(pane => pane.rebind(cluster));
        monitors?.rebind(cluster);
      }
    }
  });

  tracker.widgetAdded.connect(() =>
    commands.notifyCommandChanged(CommandIDs.rebind)
  );
}
