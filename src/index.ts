import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { managerPlugin } from './plugins/manager';

const plugins: JupyterFrontEndPlugin<unknown>[] = [managerPlugin];

export default plugins;
export * from './tokens';
