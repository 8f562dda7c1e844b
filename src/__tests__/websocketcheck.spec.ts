import type { Doctor } from '../schema';
import { checkWebsocket, withCheck } from '../websocketcheck';
import { trans } from './fakes';

const URL = 'ws://localhost/dask-k8s/api/metrics';

/** A websocket that opens, fails, or does neither. */
function socketThat(does: 'opens' | 'fails' | 'hangs' | 'throws') {
  const closed: string[] = [];
  class FakeSocket {
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onclose: (() => void) | null = null;

    constructor(readonly url: string) {
      if (does === 'throws') {
        throw new Error('Insecure.');
      }
      setTimeout(() => {
        if (does === 'opens') {
          this.onopen?.();
        } else if (does === 'fails') {
          this.onerror?.();
          this.onclose?.();
        }
      }, 1);
    }

    close(): void {
      closed.push(this.url);
    }
  }
  return { settings: { WebSocket: FakeSocket as never }, closed };
}

describe('checkWebsocket', () => {
  it('opens one and closes it', async () => {
    const { settings, closed } = socketThat('opens');
    const check = await checkWebsocket(settings, URL, trans);
    expect(check).toMatchObject({ verdict: 'ok', remedy: '' });
    expect(closed).toEqual([URL]);
  });

  it.each(['fails', 'hangs', 'throws'] as const)(
    'finds that it %s',
    async does => {
      const { settings } = socketThat(does);
      const check = await checkWebsocket(settings, URL, trans, 20);
      expect(check).toMatchObject({ verdict: 'failed', remedy_kind: 'config' });
      expect(check.remedy).toContain('proxy_set_header Upgrade');
    }
  );
});

describe('withCheck', () => {
  const answer: Doctor = { healthy: true, time: '', checks: [] };

  it('is as healthy as its checks', async () => {
    const good = await checkWebsocket(socketThat('opens').settings, URL, trans);
    const bad = await checkWebsocket(socketThat('fails').settings, URL, trans);
    expect(withCheck(answer, good)).toMatchObject({
      healthy: true,
      checks: [good]
    });
    expect(withCheck(answer, bad).healthy).toBe(false);
    const sick = { ...answer, healthy: false };
    expect(withCheck(sick, good).healthy).toBe(false);
  });
});
