import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isPython, languageOf } from './language';

/** How long a notice is shown, in ms. */
const NOTICE = 10 * 1000;

/** The kernel of a notebook, asked anew each time: it may be another one; or none. */
export type Found = (() => Kernel.IKernelConnection) | null;

/** The kernel of the notebook that is or was active; says why there is none. */
export async function findKernel(
  tracker: INotebookTracker | null,
  trans: TranslationBundle
): Promise<Found> {
  const panel = tracker?.currentWidget ?? null;
  if (panel === null) {
    Notification.info(
      trans.__(
        'Open a notebook first: it is its kernel that is compared, and that sends.'
      ),
      { autoClose: NOTICE }
    );
    return null;
  }
  const language = await languageOf(panel);
  if (!isPython(language)) {
    Notification.warning(
      trans.__('This notebook runs %1; Dask is Python.', language),
      { autoClose: NOTICE }
    );
    return null;
  }
  await panel.sessionContext.ready;
  const now = (): Kernel.IKernelConnection => {
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel) {
      throw new Error(trans.__('This notebook has no kernel.'));
    }
    return kernel;
  };
  if (!panel.sessionContext.session?.kernel) {
    Notification.warning(trans.__('This notebook has no kernel.'), {
      autoClose: NOTICE
    });
    return null;
  }
  return now;
}
