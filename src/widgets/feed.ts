import { useEffect, useState } from 'react';

import type { MetricsFrame } from '../schema';
import type { IMetricsFeed } from '../tokens';

/** A frame, and when it came by this browser's clock, in ms. */
export interface IArrival {
  readonly frame: MetricsFrame | undefined;
  readonly at: number;
}

/** The newest frame; watched for exactly as long as `live` holds. */
export function useFrame(
  feed: IMetricsFeed,
  cluster: string,
  live: boolean
): IArrival {
  const [arrival, setArrival] = useState<IArrival>(() => ({
    frame: feed.latest(cluster),
    at: Date.now()
  }));
  useEffect(() => {
    if (!live) {
      return undefined;
    }
    const watch = feed.watch(cluster);
    const onChanged = (_: IMetricsFeed, next: MetricsFrame): void => {
      if (next.name === cluster) {
        setArrival({ frame: next, at: Date.now() });
      }
    };
    feed.changed.connect(onChanged);
    return () => {
      feed.changed.disconnect(onChanged);
      watch.dispose();
    };
  }, [feed, cluster, live]);
  return arrival;
}
