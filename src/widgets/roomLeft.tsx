import React from 'react';

import type { Cluster, Limits } from '../schema';

/**
 * What the quotas of the namespace leave, where workers are asked for. The server has the
 * arithmetic: what a worker reserves is not what it may use.
 */
export function RoomLeft(props: {
  cluster: Pick<Cluster, 'backend'>;
  limits: Limits | null;
}): JSX.Element | null {
  const sentence = props.limits?.room?.sentence ?? '';
  return sentence === '' || props.cluster.backend === 'local' ? null : (
    <p className="jp-Dask-note">{sentence}</p>
  );
}
