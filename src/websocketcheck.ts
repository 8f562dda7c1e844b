import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Check, Doctor } from './schema';

/** How long a websocket may take to open, in ms. */
const LIMIT = 5000;

/** What most proxies are told like, as nginx writes it. */
const REMEDY = `# nginx; other proxies have the same settings by other names
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";
proxy_set_header Host $http_host;`;

/**
 * Look whether websockets get from this browser to the server: only here one can see
 * all proxies that are in between. Opens one that says nothing, and closes it again.
 */
export async function checkWebsocket(
  settings: Pick<ServerConnection.ISettings, 'WebSocket'>,
  url: string,
  trans: TranslationBundle,
  limit = LIMIT
): Promise<Check> {
  const opened = await opens(settings, url, limit);
  return {
    id: 'proxy.websocket',
    title: trans.__('Websockets from this browser'),
    verdict: opened ? 'ok' : 'failed',
    message: opened
      ? trans.__('Websockets get from this browser to the server.')
      : trans.__(
          'Websockets do not get from this browser to the server: there are no live readings, and plots stay empty. A proxy in between has to let them pass.'
        ),
    remedy: opened ? '' : REMEDY,
    remedy_kind: opened ? '' : 'config'
  };
}

/** The server's findings with one of the browser's. */
export function withCheck(answer: Doctor, check: Check): Doctor {
  return {
    ...answer,
    healthy: answer.healthy && check.verdict !== 'failed',
    checks: [...answer.checks, check]
  };
}

function opens(
  { WebSocket }: Pick<ServerConnection.ISettings, 'WebSocket'>,
  url: string,
  limit: number
): Promise<boolean> {
  return new Promise(resolve => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      resolve(false);
      return;
    }
    const end = (opened: boolean): void => {
      window.clearTimeout(timer);
      socket.onopen = socket.onerror = socket.onclose = null;
      socket.close();
      resolve(opened);
    };
    const timer = window.setTimeout(() => end(false), limit);
    socket.onopen = () => end(true);
    socket.onerror = () => end(false);
    socket.onclose = () => end(false);
  });
}
