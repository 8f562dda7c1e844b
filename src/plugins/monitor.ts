import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { once } from '../once';
import { takes } from '../takes';
import { clusterOf, hasScheduler, targetOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  IMetricsFeed,
  TRANSLATION_DOMAIN
} from '../tokens';
import { monitorIcon } from '../widgets/icons';
import type { MonitorPane } from '../widgets/monitorPane';

/**
 * Live plots of a cluster in the main area, drawn by us; those that are open come back.
 */
export const monitorPlugin: JupyterFrontEndPlugin<IClusterMonitors> = {
  id: 'jupyter-dask-k8s:monitor',
  description: 'Shows what a Dask cluster does, live, in the main area.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ILayoutRestorer, IThemeManager, ILabShell],
  provides: IClusterMonitors,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translatorOrNull: ITranslator | null,
    restorer: ILayoutRestorer | null,
    themes: IThemeManager | null,
    labShell: ILabShell | null
  ): IClusterMonitors => {
    const { commands, shell } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const tracker = new WidgetTracker<MonitorPane>({
      namespace: 'jupyter-dask-k8s-monitors'
    });
    const load = once(async () => {
      const [{ MonitorPanes }, feed] = await Promise.all([
        import('../monitorpanes'),
        app.resolveRequiredService(IMetricsFeed)
      ]);
      return new MonitorPanes({
        feed,
        manager,
        shell,
        started: app.restored,
        theme: themes?.themeChanged ?? null,
        tracker,
        translator
      });
    });
    const monitors: IClusterMonitors = {
      get count() {
        return tracker.size;
      },
      open: async cluster => (await load()).open(cluster),
      rebind: cluster => tracker.forEach(pane => pane.rebind(cluster)),
      widgetFactory: async cluster => (await load()).widgetFactory(cluster)
    };
    if (labShell === null) {
      // A shell without a dock, as in Notebook 7, has room for one document: nothing
      // offers a command that is not there.
      return monitors;
    }
    commands.addCommand(CommandIDs.monitor, {
      label: trans.__('Open Dask Cluster Monitor'),
      caption: trans.__('Tasks, CPU, memory, network and GPUs, live'),
      icon: args => (args.isPalette ? undefined : monitorIcon),
      describedBy: takes('MONITOR_ARGS'),
      isEnabled: args => hasScheduler(clusterOf(manager, args)),
      execute: async args => {
        const cluster = targetOf(manager, args);
        if (cluster === null) {
          return undefined;
        }
        if (typeof args.id === 'string') {
          // The layout restorer brings a pane back; it puts it in its place.
          return (await load()).restore({ ...args, cluster });
        }
        await monitors.open(cluster);
        return undefined;
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.monitor,
      args: ({ id, settings }) => ({ id, ...settings }),
      name: pane => pane.id
    });
    return monitors;
  }
};
