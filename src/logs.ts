import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { LogLines } from './loglines';

/** A pod of which there are logs. */
export interface ILogPod {
  readonly name: string;
  /** Its containers, the one of Dask first; with one there is nothing to choose. */
  readonly containers: ReadonlyArray<string>;
  /** Whether there is a log of a container before the last restart. */
  readonly previous: boolean;
}

/**
 * What a log does: `loading`: its first lines are on their way; `live`: new lines come as
 * they are printed; `paused`: new lines wait; `ended`: there are no more for now.
 */
export type LogState = 'loading' | 'live' | 'paused' | 'ended';

/**
 * A log of some pods as a view shows it, whoever they belong to. No DOM in here.
 */
export interface ILogModel extends IDisposable {
  /** The cluster or the job. */
  readonly owner: string;
  readonly lines: LogLines;
  readonly pods: ReadonlyArray<ILogPod>;
  readonly state: LogState;
  /** Why there are no lines, or no new ones, as a sentence; empty when all is well. */
  readonly error: string;

  /** Which pod, and which of its containers; empty: the first. */
  pod: string;
  container: string;
  /** The container before the last restart, instead of the one that runs. */
  previous: boolean;

  /** How many of the last lines are asked for; `Infinity` for all. */
  tail: number;
  readonly tails: ReadonlyArray<number>;

  /** Whether new lines are wanted; `null` where that cannot be chosen. */
  following: boolean | null;

  /** Whether somebody looks, and whether at the end. Set by the view. */
  visible: boolean;
  atEnd: boolean;

  /** Emitted when something really changed, at most once a frame. */
  readonly changed: ISignal<ILogModel, void>;

  /** Forget the lines that are shown; new ones come. */
  clear(): void;

  /** All of the log, as a URL; `null`: `text` is all there is to save. */
  readonly downloadURL: string | null;
  text(): string;
}

/** Of one cluster or job, the pod that a name means: the first without one. */
export function podOf(
  pods: ReadonlyArray<ILogPod>,
  name: string
): ILogPod | undefined {
  return name === '' ? pods[0] : pods.find(pod => pod.name === name);
}
