import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ClusterClient } from './client';
import { DoctorModel } from './doctor';
import { placeDocument, showDocument } from './place';
import { checkWebsocket, withCheck } from './websocketcheck';
import { DoctorView, makeDoctorWidget } from './widgets/doctorView';

/** What a doctor needs. */
export interface IDoctorOptions {
  app: JupyterFrontEnd;
  /** The doctor that is open. */
  tracker: WidgetTracker<MainAreaWidget<DoctorView>>;
  trans: TranslationBundle;
}

/**
 * Open the doctor if it is not, and let it check. One that comes back with the page waits
 * until somebody asks.
 */
export async function showDoctor(
  restored: boolean,
  { app, tracker, trans }: IDoctorOptions
): Promise<void> {
  const { serviceManager, shell } = app;
  let widget = tracker.currentWidget;
  if (widget === null) {
    widget = makeDoctor(serviceManager.serverSettings, trans);
    placeDocument(shell, widget);
    await tracker.add(widget);
  }
  if (!restored) {
    showDocument(shell, widget);
    void widget.content.model.run();
  }
}

/** A doctor for what the server finds, and for what only a browser can see. */
function makeDoctor(
  serverSettings: ServerConnection.ISettings,
  trans: TranslationBundle
): MainAreaWidget<DoctorView> {
  const client = new ClusterClient({ serverSettings });
  const model = new DoctorModel(async () => {
    const [answer, check] = await Promise.all([
      client.doctor(),
      checkWebsocket(serverSettings, client.metricsURL, trans)
    ]);
    return withCheck(answer, check);
  });
  return makeDoctorWidget(model, trans);
}
