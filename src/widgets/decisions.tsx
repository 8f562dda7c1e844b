import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Decision } from '../schema';
import { formatTime } from './format';

/** So many of the last decisions are shown. */
const SHOWN = 3;

/** What the autoscaler last wanted, and what came of it; the newest first. */
export function Decisions(props: {
  decisions: ReadonlyArray<Decision>;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { trans } = props;
  const shown = props.decisions.slice(0, SHOWN);
  return shown.length === 0 ? null : (
    <ul
      className="jp-Dask-decisions"
      aria-label={trans.__('Last decisions of the autoscaler')}
    >
      {shown.map(decision => (
        <li key={decision.time}>
          <time dateTime={decision.time}>
            {formatTime(decision.time, Date.now())}
          </time>
          <span>{describeDecision(decision, trans)}</span>
        </li>
      ))}
    </ul>
  );
}

/** `wanted 4 (from 2), got 3` */
export function describeDecision(
  { before, got, wanted }: Decision,
  trans: TranslationBundle
): string {
  return got === null
    ? trans.__('wanted %1 (from %2)', wanted, before)
    : trans.__('wanted %1 (from %2), got %3', wanted, before, got);
}
