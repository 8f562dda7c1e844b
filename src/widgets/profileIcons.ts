import { LabIcon } from '@jupyterlab/ui-components';

import adaptiveSvg from '../../style/icons/adaptive.svg';
import cpuSvg from '../../style/icons/cpu.svg';
import gpuSvg from '../../style/icons/gpu.svg';
import localSvg from '../../style/icons/local.svg';
import { clusterIcon } from './icons';

/** The icons that profiles name. */
const ICONS: Readonly<Record<string, LabIcon>> = {
  adaptive: new LabIcon({
    name: 'jupyter-dask-k8s:adaptive',
    svgstr: adaptiveSvg
  }),
  cpu: new LabIcon({ name: 'jupyter-dask-k8s:cpu', svgstr: cpuSvg }),
  gpu: new LabIcon({ name: 'jupyter-dask-k8s:gpu', svgstr: gpuSvg }),
  local: new LabIcon({ name: 'jupyter-dask-k8s:local', svgstr: localSvg })
};

/** The icon of a name; that of a cluster, where there is none. */
export function profileIcon(name: string): LabIcon {
  return ICONS[name] ?? clusterIcon;
}

/** Whether an icon is a picture of its own. Nothing is fetched for it. */
export function isPicture(icon: string): boolean {
  return /^data:image\//.test(icon);
}
