import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';

/**
 * The language of a notebook: of its kernel, or else as the file says; empty when
 * neither is known.
 */
export async function languageOf(panel: NotebookPanel): Promise<string> {
  await panel.context.ready;
  const { sessionContext } = panel;
  const known = sessionContext.specsManager.specs?.kernelspecs ?? {};
  const { metadata } = panel.context.model.sharedModel;
  const kernelspec = known[metadata.kernelspec?.name ?? ''];
  return (
    kernelLanguage(sessionContext) ||
    (metadata.language_info?.name ?? kernelspec?.language ?? '')
  );
}

/** The language of the kernel of a session; empty while that is not known. */
export function kernelLanguage({
  session,
  specsManager
}: ISessionContext): string {
  const known = specsManager.specs?.kernelspecs ?? {};
  return known[session?.kernel?.name ?? '']?.language ?? '';
}

/**
 * Whether a notebook's language can run the code. One whose language is not
 * known yet (`''`) is taken for Python: it has no kernel to object.
 */
export function isPython(language: string): boolean {
  return language === '' || /^i?python/i.test(language);
}
