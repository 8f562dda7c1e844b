import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  caretDownIcon,
  caretRightIcon,
  searchIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { arrange, PlotListState } from '../plotlist';
import type { Plot } from '../schema';
import { dragIcon } from './viewIcons';

/** Stands for the cluster monitor, which is no page of the dashboard. */
export const MONITOR = '#monitor';

/**
 * Properties of `PlotsView`.
 */
export interface IPlotsViewProps {
  state: PlotListState;
  /** Whether the cluster monitor is listed, too. */
  monitor?: boolean;
  trans: TranslationBundle;
  onOpen: (plot: Plot) => void;
  onOpenLayout: () => void;
  onRetry: () => void;
  /** Called when a drag may begin; `null` where nothing can be dragged to. */
  onPointerDown:
    ((event: React.PointerEvent<HTMLElement>, plot: Plot) => void) | null;
}

/**
 * The list of plots, or the sentence that says why there is none.
 */
export function PlotsView(props: IPlotsViewProps): JSX.Element {
  const { state, trans } = props;
  switch (state.kind) {
    case 'none':
      return (
        <Notice>
          {trans.__('Select a cluster, and its plots are listed here.')}
        </Notice>
      );
    case 'pending':
      return (
        <Notice>
          {state.cluster.phase === 'Pending'
            ? trans.__('Plots appear as soon as %1 runs.', state.cluster.name)
            : trans.__('%1 does not run.', state.cluster.name)}
        </Notice>
      );
    case 'loading':
      return <Notice late>{trans.__('Loading plots …')}</Notice>;
    case 'error':
      return (
        <Notice>
          {state.message}{' '}
          <Button className="jp-Dask-Plots-link" onClick={props.onRetry}>
            {trans.__('Try again')}
          </Button>
        </Notice>
      );
    case 'ready':
      return <List {...props} plots={state.plots} />;
  }
}

function Notice(props: {
  late?: boolean;
  children: React.ReactNode;
}): JSX.Element {
  const late = props.late ? ' jp-mod-late' : '';
  return (
    <div className={`jp-Dask-Plots-notice${late}`} role="status">
      {props.children}
    </div>
  );
}

function List(
  props: IPlotsViewProps & { plots: ReadonlyArray<Plot> }
): JSX.Element {
  const { monitor = false, trans } = props;
  const plots = monitor ? [monitorOf(trans), ...props.plots] : props.plots;
  const [query, setQuery] = React.useState('');
  const [open, setOpen] = React.useState(false);
  const { first, rest } = arrange(plots, query);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <>
      <Tools {...props} query={query} onQuery={setQuery} />
      {first.length > 0 ? (
        <Items {...props} items={first} />
      ) : (
        <Notice>{trans.__('No plot matches “%1”.', query)}</Notice>
      )}
      {rest.length > 0 && (
        <>
          <button
            type="button"
            className="jp-Dask-Plots-fold"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Caret.react tag="span" width="16px" height="16px" />
            {trans.__('All %1 plots', plots.length)}
          </button>
          {open && <Items {...props} items={rest} />}
        </>
      )}
    </>
  );
}

/** The monitor as one of the plots, the first one. */
function monitorOf(trans: TranslationBundle): Plot {
  return {
    path: MONITOR,
    title: trans.__('Cluster monitor'),
    useful: true,
    empty_reason: ''
  };
}

function Tools(
  props: IPlotsViewProps & { query: string; onQuery: (query: string) => void }
): JSX.Element {
  const { trans } = props;
  const label = trans.__('Search plots');
  return (
    <div className="jp-Dask-Plots-tools">
      <div className="jp-Dask-Plots-search">
        <input
          type="search"
          aria-label={label}
          title={label}
          placeholder={trans.__('Search')}
          value={props.query}
          onChange={event => props.onQuery(event.target.value)}
        />
        <searchIcon.react tag="span" width="16px" height="16px" />
      </div>
      <button
        type="button"
        className="jp-Dask-Plots-layout"
        title={trans.__(
          'Open default layout: the plots that most people want, side by side'
        )}
        aria-label={trans.__('Open default layout')}
        onClick={props.onOpenLayout}
      >
        {trans.__('Default layout')}
      </button>
    </div>
  );
}

function Items(
  props: IPlotsViewProps & { items: ReadonlyArray<Plot> }
): JSX.Element {
  return (
    <ul className="jp-Dask-Plots-list">
      {props.items.map(plot => (
        <Item key={plot.path} {...props} plot={plot} />
      ))}
    </ul>
  );
}

function Item(props: IPlotsViewProps & { plot: Plot }): JSX.Element {
  const { plot, trans, onPointerDown } = props;
  const empty = plot.empty_reason !== '';
  const tip = onPointerDown
    ? trans.__('%1: click to open, or drag into the main area', plot.title)
    : trans.__('Open %1', plot.title);
  return (
    <li
      className={`jp-Dask-Plot${empty ? ' jp-mod-empty' : ''}`}
      onPointerDown={
        onPointerDown ? event => onPointerDown(event, plot) : undefined
      }
    >
      <button
        type="button"
        className="jp-Dask-Plot-open"
        title={empty ? plot.empty_reason : tip}
        onClick={() => props.onOpen(plot)}
      >
        {onPointerDown && (
          <dragIcon.react
            tag="span"
            className="jp-Dask-Plot-handle"
            width="16px"
            height="16px"
          />
        )}
        <span className="jp-Dask-Plot-title">{plot.title}</span>
        {empty && <span className="jp-Dask-Plot-why">{plot.empty_reason}</span>}
      </button>
    </li>
  );
}
