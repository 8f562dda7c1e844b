import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isLogin } from './login';

/** Jupyter serves our parts below this path. */
const PARTS = '/extensions/jupyter-dask-k8s/';

/** What webpack says of a part that does not come. */
interface IChunkLoadError extends Error {
  request: string;
  type: string;
}

/** Say why the part at an address does not come. */
let tell = async (_: string): Promise<void> => undefined;

/**
 * Say in plain words that a part of us does not come, whoever loads it: after an update
 * parts have other names, and a page that is still open asks for the old ones. The notice
 * itself must not be in such a part.
 */
export function tellOfMissingParts(trans: TranslationBundle): void {
  let notice = '';
  tell = async source => {
    const { status, type } = await fetch(source, { redirect: 'manual' }).catch(
      Response.error
    );
    const gone = status === 404;
    const message = gone
      ? trans.__(
          'The Dask extension was updated after this page was opened. Reload the page to go on.'
        )
      : isLogin(type, status)
        ? trans.__('You are logged out. Log in in another tab, then try again.')
        : trans.__(
            'A part of the Dask extension cannot be loaded. Is the Jupyter server still running?'
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
  const onError = ({ target }: Event): void => {
    const { src } = target as HTMLScriptElement;
    if (src?.includes?.(PARTS)) {
      void tell(src);
    }
  };
  document.addEventListener('error', onError, true);
}

/** Whether something failed as a part of us does not come: that is told already. */
export function isMissingPart(error: unknown): boolean {
  const { name, request, type } = error as IChunkLoadError;
  // A page came in its place, which is no error of the script: that of a login, most likely.
  if (type === 'missing') {
    void tell(request);
  }
  return name === 'ChunkLoadError';
}
