import type { Page, WebSocket } from '@playwright/test';

/** All websockets of a page to one place: how often they were cut, what they brought. */
export class Sockets {
  constructor(page: Page, part: string) {
    page.on('websocket', socket => {
      if (socket.url().includes(part)) {
        this._listen(socket);
      }
    });
  }

  /** How many have ended. */
  cuts = 0;

  /** Messages that the newest one has brought. */
  brought = 0;

  private _listen(socket: WebSocket): void {
    this._newest = socket;
    this.brought = 0;
    socket.on('close', () => (this.cuts += 1));
    socket.on('framereceived', () => {
      if (socket === this._newest) {
        this.brought += 1;
      }
    });
  }

  private _newest: WebSocket | null = null;
}

/** Every address that a page asks for outside of a place: there should be none. */
export function strays(page: Page, base: string): string[] {
  const { host, pathname } = new URL(base);
  const found: string[] = [];
  const see = (url: string): void => {
    const { protocol, host: other, pathname: path } = new URL(url);
    const known = ['data:', 'blob:', 'about:'].includes(protocol);
    const safe = ['https:', 'wss:'].includes(protocol);
    if (!known && !(safe && other === host && path.startsWith(pathname))) {
      found.push(url);
    }
  };
  page.on('request', request => see(request.url()));
  page.on('websocket', socket => see(socket.url()));
  return found;
}
