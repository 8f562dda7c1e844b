import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useMemo, useRef, useState } from 'react';

import type { PodListModel } from '../podlist';
import type { Pod } from '../schema';
import { topsOf, windowAmong } from '../windowing';
import { useChanged, watchSize } from './changed';
import { formatAge, formatCount, formatUsage } from './format';
import { useNow } from './now';
import { Phase } from './phase';
import { IPodFilter, isTroubled, PodItem, podItems, signOf } from './podItems';
import { Bar } from './sparkline';

/**
 * Properties of `PodTable`.
 */
export interface IPodTableProps {
  model: PodListModel;
  live: boolean;
  /** Whether they are processes of this machine. */
  local?: boolean;
  trans: TranslationBundle;
  onOpen: (pod: string) => void;
}

/**
 * The pods of a cluster, by worker group. Only the rows in sight are drawn: a cluster may
 * have a thousand.
 */
export function PodTable(props: IPodTableProps): JSX.Element {
  const { model, trans } = props;
  useChanged(model.changed);
  const [filter, setFilter] = useState<IPodFilter>({
    query: '',
    troubled: false
  });
  const { error, pods } = model;
  const items = useMemo(() => podItems(pods ?? [], filter), [pods, filter]);
  return (
    <div className="jp-Dask-pods">
      <Tools
        pods={pods ?? []}
        local={props.local === true}
        filter={filter}
        trans={trans}
        onChange={setFilter}
      />
      {error !== '' && (
        <p className="jp-Dask-logs-notice jp-mod-error" role="alert">
          {error}
        </p>
      )}
      {items.length > 0 ? (
        <Table {...props} items={items} />
      ) : (
        <p className="jp-Dask-details-empty" role="status">
          {describeNone(pods, error, props.local === true, trans)}
        </p>
      )}
    </div>
  );
}

function describeNone(
  pods: ReadonlyArray<Pod> | null,
  error: string,
  local: boolean,
  trans: TranslationBundle
): string {
  if (pods === null) {
    return error === '' ? trans.__('Loading…') : '';
  }
  if (pods.length > 0) {
    return local
      ? trans.__('No process matches.')
      : trans.__('No pod matches.');
  }
  return local
    ? trans.__('There are no processes yet.')
    : trans.__('There are no pods yet.');
}

function Tools(props: {
  pods: ReadonlyArray<Pod>;
  local: boolean;
  filter: IPodFilter;
  trans: TranslationBundle;
  onChange: (filter: IPodFilter) => void;
}): JSX.Element {
  const { filter, onChange, pods, trans } = props;
  const label = trans.__('Filter');
  const troubled = pods.filter(isTroubled).length;
  return (
    <div className="jp-Dask-details-tools">
      <input
        type="search"
        aria-label={label}
        title={
          props.local
            ? trans.__('Name, group or phase')
            : trans.__('Name, group, node or phase')
        }
        placeholder={label}
        value={filter.query}
        onChange={event => onChange({ ...filter, query: event.target.value })}
      />
      <label className="jp-Dask-logs-check">
        <input
          type="checkbox"
          checked={filter.troubled}
          onChange={event =>
            onChange({ ...filter, troubled: event.target.checked })
          }
        />
        {trans.__('Not ready or in trouble (%1)', formatCount(troubled))}
      </label>
      <span className="jp-Dask-details-amount">
        {props.local
          ? trans._n('%1 process', '%1 processes', pods.length)
          : trans._n('%1 pod', '%1 pods', pods.length)}
      </span>
    </div>
  );
}

function Table(
  props: IPodTableProps & { items: ReadonlyArray<PodItem> }
): JSX.Element {
  const { items, live, local = false, trans } = props;
  const columns = columnsOf(local);
  const node = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);
  const now = useNow(live ? 5000 : null);
  const tops = useMemo(() => topsOf(items.map(item => item.height)), [items]);
  const { first, end } = windowAmong(tops, top, height);

  useEffect(
    () =>
      node.current
        ? watchSize(node.current, size => setHeight(size.height))
        : undefined,
    []
  );

  return (
    <div
      ref={node}
      className="jp-Dask-pods-scroll"
      onScroll={event => setTop(event.currentTarget.scrollTop)}
    >
      <table aria-rowcount={items.length + 1} onKeyDown={onArrow}>
        <Head local={local} trans={trans} />
        <tbody>
          <Space columns={columns} height={tops[first]} />
          {items.slice(first, end).map((item, index) => (
            <Item
              key={item.key}
              item={item}
              index={first + index + 2}
              local={local}
              now={now}
              trans={trans}
              onOpen={props.onOpen}
            />
          ))}
          <Space columns={columns} height={tops[items.length] - tops[end]} />
        </tbody>
      </table>
    </div>
  );
}

/** Processes have no node of their own. */
function columnsOf(local: boolean): number {
  return local ? 6 : 7;
}

function Head(props: {
  local: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { local, trans } = props;
  return (
    <thead>
      <tr>
        <th scope="col" className="jp-mod-name">
          {trans.__('Name')}
        </th>
        <th scope="col" className="jp-mod-phase">
          {trans.__('Phase')}
        </th>
        {!local && (
          <th scope="col" className="jp-mod-node">
            {trans.__('Node')}
          </th>
        )}
        <th scope="col" className="jp-mod-restarts jp-mod-number">
          {trans.__('Restarts')}
        </th>
        <th scope="col" className="jp-mod-age jp-mod-number">
          {trans.__('Age')}
        </th>
        <th scope="col" className="jp-mod-usage">
          {trans.__('CPU')}
        </th>
        <th scope="col" className="jp-mod-usage">
          {trans.__('Memory')}
        </th>
      </tr>
    </thead>
  );
}

/** In place of the rows that are out of sight. */
function Space(props: { columns: number; height: number }): JSX.Element | null {
  const { columns, height } = props;
  return height <= 0 ? null : (
    <tr aria-hidden="true" className="jp-mod-space">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

interface IItemProps {
  item: PodItem;
  /** The number of the row in the whole table. */
  index: number;
  local: boolean;
  now: number;
  trans: TranslationBundle;
  onOpen: (pod: string) => void;
}

function Item(props: IItemProps): JSX.Element {
  const { item, index, trans } = props;
  const columns = columnsOf(props.local);
  switch (item.kind) {
    case 'group':
      return (
        <tr aria-rowindex={index} className="jp-mod-group">
          <th scope="rowgroup" colSpan={columns}>
            {item.group === '' ? trans.__('Scheduler') : item.group}
            {item.group !== '' && (
              <span>
                {trans.__(
                  '%1 of %2 ready',
                  formatCount(item.ready),
                  formatCount(item.total)
                )}
              </span>
            )}
          </th>
        </tr>
      );
    case 'reason':
      return (
        <tr aria-rowindex={index} className="jp-mod-reason">
          <td colSpan={columns} title={item.pod.reason}>
            <div>{item.pod.reason}</div>
          </td>
        </tr>
      );
    case 'pod':
      return <PodRow {...props} pod={item.pod} />;
  }
}

function PodRow(props: IItemProps & { pod: Pod }): JSX.Element {
  const { now, pod, trans } = props;
  const age =
    pod.created === null
      ? '–'
      : formatAge((now - Date.parse(pod.created)) / 1000, trans);
  return (
    <tr
      aria-rowindex={props.index}
      className="jp-mod-pod"
      onClick={() => props.onOpen(pod.name)}
    >
      <th scope="row" className="jp-mod-name">
        <button
          type="button"
          className="jp-Dask-pod-open"
          title={trans.__('Show the logs of %1', pod.name)}
        >
          {pod.name}
        </button>
      </th>
      <td className="jp-mod-phase">
        <span>
          <Phase phase={signOf(pod)} silent />
          {pod.phase}
        </span>
      </td>
      {!props.local && (
        <td className="jp-mod-node" title={pod.node ?? ''}>
          {pod.node ?? '–'}
        </td>
      )}
      <td
        className={`jp-mod-restarts jp-mod-number${
          pod.restarts > 0 ? ' jp-mod-some' : ''
        }`}
      >
        {formatCount(pod.restarts)}
      </td>
      <td className="jp-mod-age jp-mod-number" title={pod.created ?? ''}>
        {age}
      </td>
      <Usage used={pod.cpu} limit={pod.cpu_limit} text={describeCores} />
      <Usage used={pod.memory} limit={pod.memory_limit} text={formatUsage} />
    </tr>
  );
}

/** What is used of what there is; a bar where there is a limit. */
function Usage(props: {
  used: number | null;
  limit: number | null;
  text: (used: number, limit: number) => string;
}): JSX.Element {
  const { limit, used } = props;
  if (used === null) {
    return (
      <td className="jp-mod-usage">
        <span className="jp-Dask-usage">
          {limit === null ? '–' : props.text(0, limit).replace(/^0/, '–')}
        </span>
      </td>
    );
  }
  const nearly = limit !== null && used > NEARLY * limit;
  return (
    <td className="jp-mod-usage">
      <span className="jp-Dask-usage">{props.text(used, limit ?? 0)}</span>
      {limit !== null && (
        <Bar
          parts={[{ kind: nearly ? 'full' : 'used', value: used }]}
          total={limit}
        />
      )}
    </td>
  );
}

/** A pod that uses more than this share of its limit is in danger. */
const NEARLY = 0.9;

function describeCores(used: number, limit: number): string {
  const digits = { maximumFractionDigits: used < 10 ? 2 : 0 };
  const text = used.toLocaleString(undefined, digits);
  return limit > 0
    ? `${text}/${limit.toLocaleString(undefined, { maximumFractionDigits: 2 })}`
    : text;
}

/** The arrows go from pod to pod. */
function onArrow(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) {
    return;
  }
  const buttons = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('.jp-Dask-pod-open')
  ];
  const index = buttons.findIndex(button => button === document.activeElement);
  const next = buttons[index + step];
  if (index >= 0 && next) {
    event.preventDefault();
    next.focus();
  }
}
