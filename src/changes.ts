import { JSONExt, PartialJSONValue } from '@lumino/coreutils';

/** What clusters and jobs have in common. */
interface IPhased<P> {
  readonly name: string;
  readonly phase: P;
  readonly reason: string;
}

/** A change of a phase; `from` or `to` is `null` for what has come or is gone. */
interface IChange<P> {
  readonly name: string;
  readonly from: P | null;
  readonly to: P | null;
  readonly reason: string;
}

/** Whether two answers of the server are the same: they are JSON. */
export function same(a: unknown, b: unknown): boolean {
  return JSONExt.deepEqual(a as PartialJSONValue, b as PartialJSONValue);
}

/** How phases have changed from one list to the next; first what is still there. */
export function changesOf<P>(
  before: ReadonlyArray<IPhased<P>>,
  after: ReadonlyArray<IPhased<P>>
): IChange<P>[] {
  const old = new Map(before.map(({ name, phase }) => [name, phase]));
  const changes: IChange<P>[] = [];
  for (const { name, phase: to, reason } of after) {
    const from = old.get(name) ?? null;
    old.delete(name);
    if (from !== to) {
      changes.push({ name, from, to, reason });
    }
  }
  for (const [name, from] of old) {
    changes.push({ name, from, to: null, reason: '' });
  }
  return changes;
}
