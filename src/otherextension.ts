import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

/** The setting that remembers whether to tell of the other extension. */
const TELL = 'tellOfOtherExtension';

/** Say once that the other extension answers the button. */
export async function tellOfOther(
  settings: ISettingRegistry.ISettings | undefined,
  trans: TranslationBundle
): Promise<void> {
  if (settings?.get(TELL).composite === false) {
    return;
  }
  Notification.info(
    trans.__(
      '“Launch dashboard in JupyterLab” in Dask’s output is answered by dask-labextension here, not by the Dask panel.'
    ),
    { autoClose: false }
  );
  await settings?.set(TELL, false);
}
