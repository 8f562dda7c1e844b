import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ClusterClient } from './client';
import { DoctorModel } from './doctor';
import { checkWebsocket, withCheck } from './websocketcheck';
import { DoctorView, makeDoctorWidget } from './widgets/doctorView';

/** A doctor for what the server finds, and for what only a browser can see. */
export function makeDoctor(
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
