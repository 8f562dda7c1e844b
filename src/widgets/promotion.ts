import type { Cluster, ClusterCreate, Resources, WorkerGroup } from '../schema';

const SUFFIX = '-k8s';

/** As in models.py: Services add to the name. */
const LONGEST = 53;

/**
 * The request for a cluster like this one, elsewhere: the same number of workers of
 * the same sizes. A local worker has threads; where each has a CPU of its own, as many.
 */
export function requestLike(cluster: Cluster): ClusterCreate {
  const group = cluster.groups.find(({ name }) => name === 'default');
  const others = cluster.groups.filter(it => it !== group);
  const { adapt, lifetime } = cluster;
  return {
    // Names are taken once, whatever the backend.
    name: `${cluster.name.slice(0, LONGEST - SUFFIX.length)}${SUFFIX}`,
    ...(adapt ? { adapt } : { workers: group?.desired ?? 0 }),
    resources: sizesOf(group),
    ...(others.length > 0 && {
      groups: others.map(it => ({
        name: it.name,
        workers: it.desired,
        resources: sizesOf(it)
      }))
    }),
    ...(lifetime.kind === 'idle' && {
      lifetime: { kind: 'idle', seconds: lifetime.seconds }
    })
  };
}

/** What a worker of a group has. */
function sizesOf(group: WorkerGroup | undefined): Resources {
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
  return resources;
}
