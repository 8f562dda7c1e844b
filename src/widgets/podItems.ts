import type { Cluster, Pod } from '../schema';

/** A line of the table of pods, and how high it is drawn, in pixels. */
export type PodItem =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly height: number;
      /** Empty for the scheduler. */
      readonly group: string;
      readonly ready: number;
      readonly total: number;
    }
  | {
      readonly kind: 'pod';
      readonly key: string;
      readonly height: number;
      readonly pod: Pod;
    }
  | {
      readonly kind: 'reason';
      readonly key: string;
      readonly height: number;
      readonly pod: Pod;
    };

/** The heights of lines, as in the style sheet. */
const HEIGHTS = { group: 30, pod: 28, reason: 36 };

/** Which pods are shown. */
export interface IPodFilter {
  /** Each word must be in the name, the group, the node or the phase. */
  readonly query: string;
  /** Only pods that are not well. */
  readonly troubled: boolean;
}

/**
 * The lines of the table: the scheduler, then group by group, each pod with its reason
 * below. The order is the server's, so that nothing jumps when a pod changes.
 */
export function podItems(
  pods: ReadonlyArray<Pod>,
  filter: IPodFilter
): PodItem[] {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const group = pod.component === 'scheduler' ? '' : pod.group;
    groups.set(group, [...(groups.get(group) ?? []), pod]);
  }
  const words = filter.query.toLowerCase().split(/\s+/).filter(Boolean);
  const items: PodItem[] = [];
  for (const [group, members] of groups) {
    const shown = members.filter(
      pod => matches(pod, words) && (!filter.troubled || isTroubled(pod))
    );
    if (shown.length === 0) {
      continue;
    }
    items.push({
      kind: 'group',
      key: `group ${group}`,
      height: HEIGHTS.group,
      group,
      ready: members.filter(({ ready }) => ready).length,
      total: members.length
    });
    for (const pod of shown) {
      items.push({
        kind: 'pod',
        key: pod.name,
        height: HEIGHTS.pod,
        pod
      });
      if (pod.reason !== '') {
        items.push({
          kind: 'reason',
          key: `${pod.name} reason`,
          height: HEIGHTS.reason,
          pod
        });
      }
    }
  }
  return items;
}

/** Whether something is wrong with a pod, or may be. */
export function isTroubled(pod: Pod): boolean {
  return !pod.ready || pod.reason !== '';
}

/** The sign that a pod gets, in the phases of clusters. */
export function signOf(pod: Pod): Cluster['phase'] {
  if (pod.phase === 'Terminating') {
    return 'Stopping';
  }
  if (pod.ready) {
    return 'Running';
  }
  return /^(Failed|Evicted|OOMKilled|Unknown|NodeLost)$|Error|Err|BackOff/.test(
    pod.phase
  )
    ? 'Failed'
    : 'Pending';
}

function matches(pod: Pod, words: ReadonlyArray<string>): boolean {
  const text = [pod.name, pod.group, pod.node ?? '', pod.phase, pod.component]
    .join(' ')
    .toLowerCase();
  return words.every(word => text.includes(word));
}
