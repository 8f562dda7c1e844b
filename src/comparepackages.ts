import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { findKernel } from './findkernel';
import { KernelRunner } from './kernelcode';
import { PackagesModel } from './packages';
import type { IClusterManager } from './tokens';
import { showPackages } from './widgets/packages';

/** Show how the packages of the active notebook and of a cluster differ. */
export async function comparePackages(
  cluster: string,
  manager: IClusterManager,
  tracker: INotebookTracker | null,
  trans: TranslationBundle
): Promise<void> {
  const kernel = await findKernel(tracker, trans);
  if (kernel === null) {
    return;
  }
  const runner = new KernelRunner(manager, trans);
  const model = new PackagesModel({ runner, kernel, cluster, trans });
  await showPackages(model, trans);
  model.dispose();
}
