import { ServerConnection } from '@jupyterlab/services';

import { ClusterError } from './client';

/** Why a scheduler has no list of plots; `page` is the address of its first page. */
export async function explainPlots(
  error: ClusterError,
  page: string,
  settings: ServerConnection.ISettings
): Promise<ClusterError> {
  return (await lacksBokeh(page, settings))
    ? new ClusterError(
        'The image has no bokeh: the dashboard is off. Install bokeh in the image.',
        503,
        'NoDashboard'
      )
    : error;
}

/** Whether a scheduler says that its dashboard is off: then it has this one page. */
async function lacksBokeh(
  page: string,
  settings: ServerConnection.ISettings
): Promise<boolean> {
  try {
    const response = await ServerConnection.makeRequest(
      new URL(page, settings.baseUrl).href,
      {},
      settings
    );
    return response.ok && /needs bokeh/i.test(await response.text());
  } catch {
    return false;
  }
}
