import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';

import { LogRows } from '../logrows';
import type { ILogModel } from '../logs';
import { LogSearch, piecesOf } from '../logsearch';
import { windowOf } from '../windowing';
import { watchSize } from './changed';

/** So near to the end, in pixels, one reads on as new lines come. */
const NEAR = 24;

/** What a row measures before it was measured, in pixels. */
const ROW_HEIGHT = 17;

/** The characters of the probe that is measured. */
const PROBE = 'M'.repeat(100);

/**
 * Properties of `LogText`.
 */
export interface ILogTextProps {
  model: ILogModel;
  search: LogSearch;
  /** The line to bring into view; a new object asks anew. */
  target: { line: number } | null;
  wrap: boolean;
  trans: TranslationBundle;
}

/** What decides which rows are drawn. */
interface IView {
  top: number;
  height: number;
  columns: number;
  rowHeight: number;
}

/**
 * The lines of a log. Only those in sight are drawn, so that their number costs nothing.
 * It stays at the end as the log grows, unless one has scrolled up.
 */
export function LogText(props: ILogTextProps): JSX.Element {
  const { model, search, target, trans, wrap } = props;
  const node = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const rows = useRef(new LogRows()).current;
  const gone = useRef(0);
  const last = useRef(0);
  const [view, setView] = useState<IView>({
    top: 0,
    height: 0,
    columns: 0,
    rowHeight: ROW_HEIGHT
  });
  const { height, rowHeight } = view;

  rows.columns = wrap ? view.columns : 0;
  gone.current += rows.sync(model.lines);
  const total = rows.total * rowHeight;
  const top = model.atEnd
    ? Math.max(0, total - height)
    : view.top - gone.current * rowHeight;
  const shown = windowOf(top, height, rowHeight, rows.total);
  const first = rows.lineAt(shown.first);
  const end = Math.min(model.lines.end, rows.lineAt(shown.end) + 1);

  useEffect(
    () =>
      node.current
        ? watchSize(node.current, size => {
            const measured = measure(probe.current);
            setView(before => ({
              ...before,
              ...measured,
              height: size.height,
              columns: Math.floor(
                (size.width - 2 * PADDING) / Math.max(1, measured.charWidth)
              )
            }));
          })
        : undefined,
    []
  );

  useLayoutEffect(() => {
    const element = node.current;
    if (!element) {
      return;
    }
    if (model.atEnd) {
      element.scrollTop = element.scrollHeight;
    } else if (gone.current > 0) {
      element.scrollTop -= gone.current * rowHeight;
    }
    gone.current = 0;
    last.current = element.scrollTop;
  });

  useEffect(() => {
    const element = node.current;
    if (element && target) {
      // Or else it would go back to the end at once.
      model.atEnd = false;
      element.scrollTop = rows.top(target.line) * rowHeight - height / 3;
      model.atEnd = distanceToEnd(element) <= 2;
      // Once the line is drawn, what was found may be far to the right.
      const frame = requestAnimationFrame(() => {
        const mark = element.querySelector('.jp-mod-current mark');
        mark?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
      });
      return () => cancelAnimationFrame(frame);
    }
    return undefined;
  }, [target]);

  const onScroll = (event: React.UIEvent<HTMLElement>): void => {
    const { scrollTop } = event.currentTarget;
    const left = distanceToEnd(event.currentTarget);
    const up = scrollTop < last.current;
    last.current = scrollTop;
    // One who scrolls up a little wants to stay there, however fast lines come.
    if (up && left > 2) {
      model.atEnd = false;
    } else if (left < NEAR) {
      model.atEnd = true;
    }
    setView(before => ({ ...before, top: scrollTop }));
  };

  const lines: JSX.Element[] = [];
  for (let number = first; number < end; number++) {
    lines.push(
      <Line
        key={number}
        text={model.lines.at(number)}
        query={search.query}
        current={number === search.current}
      />
    );
  }
  return (
    <div
      ref={node}
      className={`jp-Dask-log-text${wrap ? ' jp-mod-wrap' : ''}`}
      role="log"
      // New lines come too fast to be read aloud.
      aria-live="off"
      aria-label={trans.__('Log')}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onSelectAll}
      onCopy={event => copyAll(event, model)}
    >
      <span ref={probe} className="jp-Dask-log-probe" aria-hidden="true">
        {PROBE}
      </span>
      <div
        className="jp-Dask-log-space"
        style={{ height: `${Math.max(total, 1)}px` }}
      >
        <div
          className="jp-Dask-log-lines"
          style={{ top: `${rows.top(first) * rowHeight}px` }}
        >
          {lines}
        </div>
      </div>
    </div>
  );
}

/** The padding of a row on each side, in pixels, as in the style sheet. */
const PADDING = 10;

const Line = React.memo(
  (props: { text: string; query: string; current: boolean }): JSX.Element => {
    const { current, query, text } = props;
    return (
      <div className={`jp-Dask-log-line${current ? ' jp-mod-current' : ''}`}>
        {query === ''
          ? text
          : piecesOf(text, query).map((piece, index) =>
              piece.match ? <mark key={index}>{piece.text}</mark> : piece.text
            )}
      </div>
    );
  }
);

function distanceToEnd(node: HTMLElement): number {
  return node.scrollHeight - node.scrollTop - node.clientHeight;
}

function measure(probe: HTMLElement | null): {
  charWidth: number;
  rowHeight: number;
} {
  const { height = 0, width = 0 } = probe?.getBoundingClientRect() ?? {};
  return {
    charWidth: width / PROBE.length,
    rowHeight: height > 0 ? height : ROW_HEIGHT
  };
}

/** Select all that is drawn; what is copied then is all there is, see `copyAll`. */
function onSelectAll(event: React.KeyboardEvent<HTMLElement>): void {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
    event.preventDefault();
    event.stopPropagation();
    window.getSelection()?.selectAllChildren(event.currentTarget);
  }
}

function copyAll(event: React.ClipboardEvent, model: ILogModel): void {
  const selection = window.getSelection();
  const all =
    selection?.anchorNode === event.currentTarget &&
    selection.focusNode === event.currentTarget;
  if (all) {
    event.preventDefault();
    event.clipboardData.setData('text/plain', model.lines.text());
  }
}
