import { useEffect, useState } from 'react';

/**
 * The time in ms, brought up to date while it is shown: every `interval` ms; `null`
 * while nothing on the screen depends on it.
 */
export function useNow(interval: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (interval === null) {
      return undefined;
    }
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), interval);
    return () => window.clearInterval(timer);
  }, [interval]);
  return now;
}
