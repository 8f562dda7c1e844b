import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { MonitorPanes } from '../monitorpanes';
import { takes } from '../takes';
import { hasScheduler, targetOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IClusterMonitors,
  TRANSLATION_DOMAIN
} from '../tokens';
import { monitorIcon } from '../widgets/icons';

/**
 * Live plots of a cluster in the main area, drawn by us; those that are open come back.
 */
export const monitorPlugin: JupyterFrontEndPlugin<IClusterMonitors> = {
  id: 'jupyter-dask-k8s:monitor',
  description: 'Shows what a Dask cluster does, live, in the main area.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [
    ITranslator,
    ICommandPalette,
    ILayoutRestorer,
    IThemeManager,
    ILabShell
  ],
  provides: IClusterMonitors,
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translatorOrNull: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    themes: IThemeManager | null,
    labShell: ILabShell | null
  ): IClusterMonitors => {
    const { commands, shell } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const theme = themes?.themeChanged ?? null;
    const panes = new MonitorPanes({
      manager,
      shell,
      started: app.restored,
      theme,
      translator
    });
    if (labShell === null) {
      // A shell without a dock, as in Notebook 7, has room for one document: nothing
      // offers a command that is not there.
      return panes;
    }
    commands.addCommand(CommandIDs.monitor, {
      label: trans.__('Open Dask Cluster Monitor'),
      caption: trans.__('Tasks, CPU, memory, network and GPUs, live'),
      icon: args => (args.isPalette ? undefined : monitorIcon),
      describedBy: takes('MONITOR_ARGS'),
      isEnabled: args => hasScheduler(manager, args),
      execute: args => {
        const cluster = targetOf(manager, args);
        if (cluster === null) {
          return undefined;
        }
        if (typeof args.id === 'string') {
          // The layout restorer brings a pane back; it puts it in its place.
          return panes.restore({ ...args, cluster });
        }
        panes.open(cluster);
        return undefined;
      }
    });
    const notify = (): void =>
      commands.notifyCommandChanged(CommandIDs.monitor);
    manager.changed.connect(notify);
    manager.selectedChanged.connect(notify);
    palette?.addItem({
      command: CommandIDs.monitor,
      category: trans.__('Dask')
    });
    void restorer?.restore(panes.tracker, {
      command: CommandIDs.monitor,
      args: ({ id, settings }) => ({ id, ...settings }),
      name: pane => pane.id
    });
    return panes;
  }
};
