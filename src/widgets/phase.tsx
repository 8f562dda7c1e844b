import React from 'react';

import type { Cluster } from '../schema';
import { phaseIcons } from './viewIcons';

/** The sign of a phase; its name is read aloud unless it stands beside it. */
export function Phase(props: {
  phase: Cluster['phase'];
  /** Whether the name is not read aloud. */
  silent?: boolean;
}): JSX.Element {
  const Icon = phaseIcons[props.phase].react;
  return (
    <span className={`jp-Dask-phase jp-mod-${props.phase.toLowerCase()}`}>
      <Icon tag="span" width="16px" height="16px" />
      {props.silent !== true && (
        <span className="jp-Dask-hiddenText">{props.phase}</span>
      )}
    </span>
  );
}
