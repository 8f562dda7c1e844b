import type { NotebookPanel } from '@jupyterlab/notebook';

/**
 * The language of a notebook: of its kernel, or else as the file says; empty when
 * neither is known.
 */
export async function languageOf(panel: NotebookPanel): Promise<string> {
  await panel.context.ready;
  const { session, specsManager } = panel.sessionContext;
  const name = session?.kernel?.name;
  const known = specsManager.specs?.kernelspecs ?? {};
  const running = name === undefined ? undefined : known[name]?.language;
  const { metadata } = panel.context.model.sharedModel;
  const kernelspec = known[metadata.kernelspec?.name ?? ''];
  return running ?? metadata.language_info?.name ?? kernelspec?.language ?? '';
}

/**
 * Whether a notebook's language can run the code. One whose language is not
 * known yet (`''`) is taken for Python: it has no kernel to object.
 */
export function isPython(language: string): boolean {
  return language === '' || /^i?python/i.test(language);
}
