import React, { useRef } from 'react';

/** A tab: its name for programs, and for people. */
export interface ITab<T extends string> {
  readonly id: T;
  readonly label: string;
}

/**
 * Properties of `Tabs`.
 */
export interface ITabsProps<T extends string> {
  /** What the tabs are about, for assistive technology. */
  label: string;
  tabs: ReadonlyArray<ITab<T>>;
  current: T;
  /** The ids of the elements: of a tab, and of the panel that belongs to it. */
  tabId: (tab: T) => string;
  panelId: (tab: T) => string;
  onSelect: (tab: T) => void;
}

/**
 * A row of tabs as assistive technology knows them: one stop for the Tab key, arrows, Home
 * and End go from one to the next.
 */
export function Tabs<T extends string>(props: ITabsProps<T>): JSX.Element {
  const { current, tabs } = props;
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const index = tabs.findIndex(({ id }) => id === current);
    const next = target(event.key, index, tabs.length);
    if (next !== null) {
      event.preventDefault();
      props.onSelect(tabs[next].id);
      list.current
        ?.querySelectorAll<HTMLElement>('[role="tab"]')
        .item(next)
        .focus();
    }
  };
  return (
    <div
      ref={list}
      className="jp-Dask-tabs"
      role="tablist"
      aria-label={props.label}
      onKeyDown={onKeyDown}
    >
      {tabs.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={props.tabId(id)}
          className={`jp-Dask-tab${id === current ? ' jp-mod-current' : ''}`}
          aria-selected={id === current}
          aria-controls={props.panelId(id)}
          tabIndex={id === current ? 0 : -1}
          onClick={() => props.onSelect(id)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function target(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return (index + 1) % count;
    case 'ArrowLeft':
      return (index + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
