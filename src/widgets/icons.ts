import { LabIcon } from '@jupyterlab/ui-components';

import daskSvg from '../../style/icons/dask.svg';
import failedSvg from '../../style/icons/failed.svg';
import pendingSvg from '../../style/icons/pending.svg';
import runningSvg from '../../style/icons/running.svg';
import stoppingSvg from '../../style/icons/stopping.svg';
import type { Cluster } from '../schema';

/** A scheduler above its workers: the icon of everything that is ours. */
export const clusterIcon = new LabIcon({
  name: 'jupyter-dask-k8s:cluster',
  svgstr: daskSvg
});

/** Something is not as it should be, and goes on all the same. */
export const warningIcon = new LabIcon({
  name: 'jupyter-dask-k8s:warning',
  svgstr: failedSvg
});

/** Each phase has its own shape, so that colour is never the only sign. */
export const phaseIcons: Readonly<Record<Cluster['phase'], LabIcon>> = {
  Pending: new LabIcon({
    name: 'jupyter-dask-k8s:pending',
    svgstr: pendingSvg
  }),
  Running: new LabIcon({
    name: 'jupyter-dask-k8s:running',
    svgstr: runningSvg
  }),
  Failed: new LabIcon({ name: 'jupyter-dask-k8s:failed', svgstr: failedSvg }),
  Stopping: new LabIcon({
    name: 'jupyter-dask-k8s:stopping',
    svgstr: stoppingSvg
  })
};
