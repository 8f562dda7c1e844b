import type { Cluster } from './schema';

/** Sums over the worker groups of a cluster. */
export function countWorkers(cluster: Cluster): {
  ready: number;
  desired: number;
} {
  let ready = 0;
  let desired = 0;
  for (const group of cluster.groups) {
    ready += group.ready;
    desired += group.desired;
  }
  return { ready, desired };
}
