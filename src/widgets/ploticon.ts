import { LabIcon } from '@jupyterlab/ui-components';

import drag from '../../style/icons/drag.svg';
import plot from '../../style/icons/plot.svg';

/** Bars on a time line, as in a task stream. */
export const plotIcon = new LabIcon({
  name: 'jupyter-dask-k8s:plot',
  svgstr: plot
});

/** Says that a thing can be dragged. */
export const dragIcon = new LabIcon({
  name: 'jupyter-dask-k8s:drag',
  svgstr: drag
});
