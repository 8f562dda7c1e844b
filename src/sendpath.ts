import { Notification } from '@jupyterlab/apputils';
import { PageConfig, PathExt, URLExt } from '@jupyterlab/coreutils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { findKernel } from './findkernel';
import { KernelRunner } from './kernelcode';
import { Sender } from './sender';
import type { IClusterManager } from './tokens';

/** Send a folder or module below the root of Jupyter to the workers of a cluster. */
export async function sendPath(
  path: string,
  cluster: string,
  { contents, manager, tracker, trans }: ISendOptions
): Promise<void> {
  const local = localPath(contents, path);
  if (local === null) {
    Notification.warning(
      trans.__('%1 is not on the disk of this server.', path),
      { autoClose: 10 * 1000 }
    );
    return;
  }
  const kernel = await findKernel(tracker, trans);
  if (kernel !== null) {
    const runner = new KernelRunner(manager, trans);
    await new Sender({ runner, trans }).send(kernel(), cluster, local);
  }
}

/** What sending needs. */
export interface ISendOptions {
  contents: Contents.IManager;
  manager: IClusterManager;
  tracker: INotebookTracker | null;
  trans: TranslationBundle;
}

/** Where kernels find a file; `null` when it is on another drive than the disk. */
function localPath(contents: Contents.IManager, path: string): string | null {
  const drive = contents.driveName(path);
  if (drive !== '' && drive !== 'RTC') {
    return null;
  }
  const root = PageConfig.getOption('serverRoot');
  return URLExt.join(root, PathExt.removeSlash(contents.localPath(path)));
}
