import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  Notification,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { localPath } from './localpath';
import { isMissingPart } from './missingparts';
import { messageOf } from './target';
import {
  CommandIDs,
  IJobManager,
  IProfileCatalog,
  TRANSLATION_DOMAIN
} from './tokens';

/** What running a file needs. */
export interface IRunOptions {
  app: JupyterFrontEnd;
  jobs: IJobManager;
  translator: ITranslator;
}

/**
 * Ask how a notebook or a script is to be run as a job, and run it. Returns the name of the
 * job; `null` if there is none.
 */
export async function runAsJob(
  path: string,
  { app, ...options }: IRunOptions
): Promise<string | null> {
  const { translator } = options;
  const trans = translator.load(TRANSLATION_DOMAIN);
  try {
    if (!(await saved(path, app, trans))) {
      return null;
    }
    const [{ askForJob }, catalog] = await Promise.all([
      import('./widgets/jobDialog'),
      app.resolveRequiredService(IProfileCatalog)
    ]);
    const job = await askForJob({ ...options, catalog, path });
    if (job) {
      await reveal(app);
      Notification.success(trans.__('“%1” runs as a job.', job.name), {
        autoClose: 4000
      });
    }
    return job?.name ?? null;
  } catch (error) {
    if (!isMissingPart(error)) {
      await showErrorMessage(trans.__('No job can be run'), {
        message: messageOf(error)
      });
    }
    return null;
  }
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
