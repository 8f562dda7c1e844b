import type { Cluster, ClusterCreate, Resources } from '../schema';

/**
 * The request for a cluster like this one, elsewhere: the same number of workers of
 * the same sizes. A local worker has threads; where each has a CPU of its own, as many.
 */
export function requestLike(cluster: Cluster): ClusterCreate {
  const group = cluster.groups.find(({ name }) => name === 'default');
  const { adapt, lifetime } = cluster;
  const resources: Resources = {};
  if (group?.cpu || group?.threads) {
    resources.cpu = group.cpu ?? String(group.threads);
  }
  if (group?.memory) {
    resources.memory = group.memory;
  }
  if (group && group.gpus > 0) {
    resources.gpus = group.gpus;
  }
  return {
    name: cluster.name,
    ...(adapt ? { adapt } : { workers: group?.desired ?? 0 }),
    resources,
    ...(lifetime.kind === 'idle' && {
      lifetime: { kind: 'idle', seconds: lifetime.seconds }
    })
  };
}
