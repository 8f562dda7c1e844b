import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { runIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { takes } from '../takes';
import { localPath } from '../localpath';
import { CommandIDs, IJobManager, TRANSLATION_DOMAIN } from '../tokens';

/** What can be run as a job. */
const RUNNABLE = /\.(ipynb|py)$/;

/**
 * Runs notebooks and scripts as jobs, where the server can.
 */
export const jobSubmitPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:run-as-job',
  description:
    'Adds the command that runs a notebook or a script as a Dask job.',
  autoStart: true,
  requires: [IJobManager],
  optional: [ITranslator, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobManager,
    translatorOrNull: ITranslator | null,
    browsers: IFileBrowserFactory | null
  ): void => {
    const { commands } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const pathOf = (args: ReadonlyPartialJSONObject): string | null =>
      jobs.available ? runnable(args, app, browsers) : null;
    let open = false;

    commands.addCommand(CommandIDs.runAsJob, {
      label: trans.__('Run as Dask Job…'),
      caption: args =>
        args.isToolbar && pathOf(args) === null
          ? trans.__('Open a notebook or a Python script to run it as a job')
          : trans.__('Run this notebook or script as a Dask job'),
      icon: args => (args.isMenu || args.isToolbar ? runIcon : undefined),
      describedBy: takes('RUN_ARGS'),
      isVisible: args =>
        jobs.available && (args.isToolbar === true || pathOf(args) !== null),
      isEnabled: args => pathOf(args) !== null,
      execute: async args => {
        const path = pathOf(args);
        if (path === null || open) {
          return null;
        }
        open = true;
        try {
          const { runAsJob } = await import('../runasjob');
          return await runAsJob(path, { app, jobs, translator });
        } finally {
          open = false;
        }
      }
    });
    app.shell.currentChanged?.connect(() =>
      commands.notifyCommandChanged(CommandIDs.runAsJob)
    );
  }
};

/** The file that is meant, if it can be run. */
function runnable(
  { fromBrowser, path }: ReadonlyPartialJSONObject,
  app: JupyterFrontEnd,
  browsers: IFileBrowserFactory | null
): string | null {
  let found: string | undefined;
  if (typeof path === 'string') {
    found = path;
  } else if (fromBrowser === true) {
    const browser = browsers?.tracker.currentWidget;
    const selected = browser ? [...browser.selectedItems()] : [];
    // One job at a time: what would its name and its parameters be otherwise?
    found = selected.length === 1 ? selected[0].path : undefined;
  } else {
    const { currentWidget } = app.shell;
    found =
      currentWidget instanceof DocumentWidget
        ? currentWidget.context.path
        : undefined;
  }
  return found !== undefined && RUNNABLE.test(found) ? localPath(found) : null;
}
