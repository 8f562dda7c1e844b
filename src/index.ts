import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { commandsPlugin } from './plugins/commands';
import { compatPlugin } from './plugins/compat';
import { createPlugin } from './plugins/create';
import { detailsPlugin } from './plugins/details';
import { doctorPlugin } from './plugins/doctor';
import { exportPlugin } from './plugins/export';
import { jobsPlugin } from './plugins/jobs';
import { jobSubmitPlugin } from './plugins/jobsubmit';
import { launcherPlugin } from './plugins/launcher';
import { managerPlugin } from './plugins/manager';
import { metricsPlugin } from './plugins/metrics';
import { monitorPlugin } from './plugins/monitor';
import { notebookPlugin } from './plugins/notebook';
import { notebookButtonPlugin } from './plugins/notebookbutton';
import { notificationsPlugin } from './plugins/notifications';
import { packagesPlugin } from './plugins/packages';
import { palettePlugin } from './plugins/palette';
import { panelPlugin } from './plugins/panel';
import { panesPlugin } from './plugins/panes';
import { profilesPlugin } from './plugins/profiles';
import { runningPlugin } from './plugins/running';
import { statusBarPlugin } from './plugins/statusbar';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  managerPlugin,
  metricsPlugin,
  jobsPlugin,
  profilesPlugin,
  commandsPlugin,
  palettePlugin,
  createPlugin,
  exportPlugin,
  detailsPlugin,
  doctorPlugin,
  jobSubmitPlugin,
  panelPlugin,
  runningPlugin,
  statusBarPlugin,
  launcherPlugin,
  notificationsPlugin,
  monitorPlugin,
  panesPlugin,
  notebookPlugin,
  notebookButtonPlugin,
  packagesPlugin,
  compatPlugin
];

export default plugins;
export * from './tokens';
