import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer } from 'react';

/** Draw a component again whenever a signal is emitted. Returns how often it was. */
export function useChanged<S, A>(signal: ISignal<S, A>): number {
  const [count, increment] = useReducer((before: number) => before + 1, 0);
  useEffect(() => {
    const onChanged = (): void => increment();
    signal.connect(onChanged);
    return () => {
      signal.disconnect(onChanged);
    };
  }, [signal]);
  return count;
}

/** The size of an element, brought up to date as it changes; zeros at first. */
export interface ISize {
  readonly width: number;
  readonly height: number;
}

/** Call `onSize` with the size of an element now and whenever it changes. */
export function watchSize(
  node: HTMLElement,
  onSize: (size: ISize) => void
): () => void {
  const tell = (): void =>
    onSize({ width: node.clientWidth, height: node.clientHeight });
  tell();
  if (typeof ResizeObserver === 'undefined') {
    return () => undefined;
  }
  const observer = new ResizeObserver(tell);
  observer.observe(node);
  return () => observer.disconnect();
}
