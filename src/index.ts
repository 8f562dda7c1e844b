import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { commandsPlugin } from './plugins/commands';
import { compatPlugin } from './plugins/compat';
import { launcherPlugin } from './plugins/launcher';
import { managerPlugin } from './plugins/manager';
import { notebookPlugin } from './plugins/notebook';
import { notificationsPlugin } from './plugins/notifications';
import { panelPlugin } from './plugins/panel';
import { panesPlugin } from './plugins/panes';
import { runningPlugin } from './plugins/running';
import { statusBarPlugin } from './plugins/statusbar';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  managerPlugin,
  commandsPlugin,
  panelPlugin,
  runningPlugin,
  statusBarPlugin,
  launcherPlugin,
  notificationsPlugin,
  panesPlugin,
  notebookPlugin,
  compatPlugin
];

export default plugins;
export * from './tokens';
