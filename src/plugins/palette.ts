import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';

import { textsOf } from '../texts';
import { CommandIDs } from '../tokens';

/** What makes no sense without arguments, or without its place. */
const UNLISTED: ReadonlyArray<string> = [
  CommandIDs.newMenu,
  CommandIDs.openPlot,
  CommandIDs.jobLogs,
  CommandIDs.jobResult,
  CommandIDs.jobDelete,
  CommandIDs.populateAndLaunch
];

/**
 * Lists commands in the command palette.
 */
export const palettePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:palette',
  description: 'Lists the commands for Dask clusters in the command palette.',
  autoStart: true,
  optional: [ICommandPalette, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const category = textsOf(translator).__('Dask');
    // A command that is not there, as in another application, is not shown.
    for (const command of Object.values(CommandIDs)) {
      if (!UNLISTED.includes(command)) {
        palette?.addItem({ command, category });
      }
    }
    const command = CommandIDs.openDashboard;
    palette?.addItem({ command, args: { newTab: true }, category });
  }
};
