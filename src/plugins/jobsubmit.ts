import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  Notification,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { runIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { messageOf } from '../target';
import {
  CommandIDs,
  IJobManager,
  IProfileCatalog,
  TRANSLATION_DOMAIN
} from '../tokens';

/** What can be run as a job. */
const RUNNABLE = /\.(ipynb|py)$/;

/** Where the context menu of the file browser offers it. */
const SELECTORS = [
  '.jp-DirListing-item[data-file-type="notebook"]',
  '.jp-DirListing-item[data-file-type="python"]'
];

/**
 * Runs notebooks and scripts as jobs, where the server can.
 */
export const jobSubmitPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:run-as-job',
  description:
    'Adds the command that runs a notebook or a script as a Dask job.',
  autoStart: true,
  requires: [IJobManager, IProfileCatalog],
  optional: [ITranslator, ICommandPalette, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobManager,
    catalog: IProfileCatalog,
    translatorOrNull: ITranslator | null,
    palette: ICommandPalette | null,
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
      describedBy: { args: ARGS },
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
          if (!(await saved(path, app, trans))) {
            return null;
          }
          const { askForJob } = await import('../widgets/jobDialog');
          const job = await askForJob({ jobs, catalog, translator, path });
          if (job) {
            await reveal(app);
            Notification.success(trans.__('“%1” runs as a job.', job.name), {
              autoClose: 4000
            });
          }
          return job?.name ?? null;
        } catch (error) {
          await showErrorMessage(trans.__('No job can be run'), {
            message: messageOf(error)
          });
          return null;
        } finally {
          open = false;
        }
      }
    });
    const notify = (): void => {
      commands.notifyCommandChanged(CommandIDs.runAsJob);
    };
    jobs.changed.connect(notify);
    app.shell.currentChanged?.connect(notify);
    palette?.addItem({
      command: CommandIDs.runAsJob,
      category: trans.__('Dask')
    });
    for (const selector of SELECTORS) {
      app.contextMenu.addItem({
        command: CommandIDs.runAsJob,
        args: { fromBrowser: true, isMenu: true },
        selector,
        rank: 10
      });
    }
    app.contextMenu.addItem({
      command: CommandIDs.runAsJob,
      args: { isMenu: true },
      selector: '.jp-Notebook',
      // Below what restarts the kernel.
      rank: 34
    });
  }
};

const ARGS = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      description:
        'The notebook or script; where it is missing, the active document.'
    },
    fromBrowser: {
      type: 'boolean',
      description: 'Whether the file selected in the file browser is meant.'
    },
    isMenu: {
      type: 'boolean',
      description: 'Whether the command is shown in a menu.'
    },
    isToolbar: {
      type: 'boolean',
      description: 'Whether the command is a button that is always there.'
    }
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

/** Without the name of a drive, as `RTC:` for documents that are edited together. */
function localPath(path: string): string {
  return path.replace(/^[A-Za-z]+:/, '');
}

/** A job runs what is saved: offer to save first. False when the user cancelled. */
async function saved(
  path: string,
  app: JupyterFrontEnd,
  trans: TranslationBundle
): Promise<boolean> {
  for (const widget of app.shell.widgets('main')) {
    if (
      !(widget instanceof DocumentWidget) ||
      localPath(widget.context.path) !== path ||
      !widget.context.model.dirty
    ) {
      continue;
    }
    const { button } = await showDialog({
      title: trans.__('Save “%1” first?', path),
      body: trans.__('The job runs the file as it is saved.'),
      buttons: [
        Dialog.cancelButton(),
        Dialog.createButton({
          label: trans.__('Run without saving'),
          accept: true,
          actions: ['run']
        }),
        Dialog.okButton({ label: trans.__('Save') })
      ]
    });
    if (!button.accept) {
      return false;
    }
    if (!button.actions.includes('run')) {
      await widget.context.save();
    }
    return true;
  }
  return true;
}

/** Show the panel, where the job's card is. */
async function reveal({ commands }: JupyterFrontEnd): Promise<void> {
  if (commands.hasCommand(CommandIDs.focus)) {
    await commands.execute(CommandIDs.focus);
  }
}
