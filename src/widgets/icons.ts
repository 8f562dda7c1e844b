import { LabIcon } from '@jupyterlab/ui-components';

import daskSvg from '../../style/icons/dask.svg';
import monitorSvg from '../../style/icons/monitor.svg';
import plotSvg from '../../style/icons/plot.svg';

/** A scheduler above its workers: the icon of everything that is ours. */
export const clusterIcon = new LabIcon({
  name: 'jupyter-dask-k8s:cluster',
  svgstr: daskSvg
});

/** What a cluster does, live. */
export const monitorIcon = new LabIcon({
  name: 'jupyter-dask-k8s:monitor',
  svgstr: monitorSvg
});

/** Bars on a time line, as in a task stream. */
export const plotIcon = new LabIcon({
  name: 'jupyter-dask-k8s:plot',
  svgstr: plotSvg
});
