import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Jupyter serves our parts below this path. */
const PARTS = '/extensions/jupyter-dask-k8s/';

/**
 * Say in plain words that a part of us does not come, whoever loads it: after an update
 * parts have other names, and a page that is still open asks for the old ones. The notice
 * itself must not be in such a part.
 */
export function tellOfMissingParts(trans: TranslationBundle): void {
  let notice = '';
  const tell = async ({ target }: Event): Promise<void> => {
    if (!(target instanceof HTMLScriptElement && target.src.includes(PARTS))) {
      return;
    }
    const gone = await fetch(target.src, { method: 'HEAD' }).then(
      ({ status }) => status === 404,
      () => false
    );
    const message = gone
      ? trans.__(
          'The Dask extension was updated after this page was opened. Reload the page to go on.'
        )
      : trans.__(
          'A part of the Dask extension cannot be loaded. Is the Jupyter server still running? Try again in a while.'
        );
    // Without a server a reload would lose the page.
    const actions = gone
      ? [{ label: trans.__('Reload'), callback: () => location.reload() }]
      : [];
    // Parts come several at a time, and are tried again: one notice is enough.
    if (!Notification.update({ id: notice, message, actions })) {
      notice = Notification.error(message, { actions, autoClose: false });
    }
  };
  // Errors of scripts do not bubble.
  document.addEventListener('error', event => void tell(event), true);
}

/** Whether something failed as a part of us does not come: that is told already. */
export function isMissingPart(error: unknown): boolean {
  return (error as Error).name === 'ChunkLoadError';
}
