import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';

import { takes } from '../takes';
import { textsOf } from '../texts';
import { CommandIDs } from '../tokens';
import type { DoctorView } from '../widgets/doctorView';

/**
 * Checks the installation, and says how to mend what is wrong.
 */
export const doctorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:doctor',
  description: 'Checks what Dask clusters depend on.',
  autoStart: true,
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = textsOf(translator);
    const tracker = new WidgetTracker<MainAreaWidget<DoctorView>>({
      namespace: 'jupyter-dask-k8s-doctor'
    });
    app.commands.addCommand(CommandIDs.doctor, {
      label: trans.__('Run Dask Doctor'),
      caption: trans.__('Check everything that Dask clusters depend on'),
      describedBy: takes('DOCTOR_ARGS'),
      execute: async args => {
        const { showDoctor } = await import('../showdoctor');
        await showDoctor(args.restored === true, { app, tracker, trans });
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.doctor,
      args: () => ({ restored: true }),
      name: () => 'doctor'
    });
  }
};
