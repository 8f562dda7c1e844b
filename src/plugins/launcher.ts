import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../tokens';

/**
 * A tile in the launcher that starts a cluster.
 */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:launcher',
  description: 'Adds a tile for new Dask clusters to the launcher.',
  autoStart: true,
  optional: [ILauncher, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab');
    launcher?.add({
      command: CommandIDs.create,
      args: { isLauncher: true },
      // JupyterLab's own category, so in JupyterLab's own translation.
      category: trans.__('Other'),
      rank: 5
    });
  }
};
