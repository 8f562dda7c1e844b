import { LabIcon } from '@jupyterlab/ui-components';

import crossSvg from '../../style/icons/cross.svg';
import detailsSvg from '../../style/icons/details.svg';
import dragSvg from '../../style/icons/drag.svg';
import failedSvg from '../../style/icons/failed.svg';
import pendingSvg from '../../style/icons/pending.svg';
import runningSvg from '../../style/icons/running.svg';
import scaleSvg from '../../style/icons/scale.svg';
import stoppingSvg from '../../style/icons/stopping.svg';
import succeededSvg from '../../style/icons/succeeded.svg';
import type { Check, Cluster, Job } from '../schema';

/** What a cluster consists of, and why it is as it is. */
export const detailsIcon = new LabIcon({
  name: 'jupyter-dask-k8s:details',
  svgstr: detailsSvg
});

/** Says that a thing can be dragged. */
export const dragIcon = new LabIcon({
  name: 'jupyter-dask-k8s:drag',
  svgstr: dragSvg
});

/** Something is not as it should be, and goes on all the same. */
export const warningIcon = new LabIcon({
  name: 'jupyter-dask-k8s:warning',
  svgstr: failedSvg
});

/** Change the number of workers. */
export const scaleIcon = new LabIcon({
  name: 'jupyter-dask-k8s:scale',
  svgstr: scaleSvg
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

/** Jobs end, well or not; until then they look like clusters. */
export const jobIcons: Readonly<Record<Job['phase'], LabIcon>> = {
  ...phaseIcons,
  Succeeded: new LabIcon({
    name: 'jupyter-dask-k8s:job-succeeded',
    svgstr: succeededSvg
  }),
  Failed: new LabIcon({
    name: 'jupyter-dask-k8s:job-failed',
    svgstr: crossSvg
  })
};

/** The doctor's verdicts; their shapes are those of phases. */
export const checkIcons: Readonly<Record<Check['verdict'], LabIcon>> = {
  ok: jobIcons.Succeeded,
  warning: warningIcon,
  failed: jobIcons.Failed,
  skipped: phaseIcons.Stopping
};
