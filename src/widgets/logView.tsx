import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useRef, useState } from 'react';

import '../../style/base.css';
import '../../style/logs.css';
import type { ILogModel } from '../logs';
import { LogSearch } from '../logsearch';
import { LinkButton } from './buttons';
import { useChanged } from './changed';
import { formatCount } from './format';
import { LiveWidget } from './liveWidget';
import { LogFind } from './logFind';
import { LogText } from './logText';
import { LogTools } from './logTools';

/**
 * A log and its tools, of a cluster or of a job. It reads only while it can be seen.
 */
export class LogView extends LiveWidget {
  constructor(
    readonly model: ILogModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-Logs');
  }

  dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this.model.dispose();
    }
  }

  protected onLive(live: boolean): void {
    this.model.visible = live;
  }

  protected render(): JSX.Element {
    return <Logs model={this.model} trans={this._trans} />;
  }
}

/**
 * Properties of `Logs`.
 */
export interface ILogsProps {
  model: ILogModel;
  trans: TranslationBundle;
}

export function Logs({ model, trans }: ILogsProps): JSX.Element {
  useChanged(model.changed);
  const [wrap, setWrap] = useState(true);
  const [, setQuery] = useState('');
  const [target, setTarget] = useState<{ line: number } | null>(null);
  const search = useRef(new LogSearch()).current;
  const field = useRef<HTMLInputElement>(null);
  search.sync(model.lines);

  const go = (step: 1 | -1): void => {
    // At first, from what one sees last: the newest lines.
    const line = search.go(
      step,
      step > 0 ? model.lines.first : model.lines.end
    );
    setTarget(line === null ? null : { line });
  };
  const onQuery = (query: string): void => {
    search.query = query;
    search.sync(model.lines);
    setQuery(query);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (isFind(event)) {
      event.preventDefault();
      event.stopPropagation();
      field.current?.focus();
      field.current?.select();
    }
  };
  return (
    <div className="jp-Dask-logs-view" onKeyDown={onKeyDown}>
      <LogTools model={model} wrap={wrap} onWrap={setWrap} trans={trans}>
        <LogFind
          search={search}
          field={field}
          onQuery={onQuery}
          onGo={go}
          trans={trans}
        />
      </LogTools>
      {model.error !== '' && (
        <p className="jp-Dask-logs-notice jp-mod-error" role="alert">
          {model.error}
        </p>
      )}
      <LogText
        model={model}
        search={search}
        target={target}
        wrap={wrap}
        trans={trans}
      />
      <Foot model={model} trans={trans} />
    </div>
  );
}

/** Whether a key is meant for our search: the browser's finds only what is drawn. */
export function isFind(event: {
  ctrlKey: boolean;
  metaKey: boolean;
  key: string;
}): boolean {
  return (event.ctrlKey || event.metaKey) && event.key === 'f';
}

/** How much there is, and whether more comes. */
function Foot({ model, trans }: ILogsProps): JSX.Element {
  const { lines } = model;
  return (
    <div className="jp-Dask-logs-foot">
      <span role="status">{describeState(model, trans)}</span>
      {!model.atEnd && lines.length > 0 && (
        <LinkButton
          onClick={() => {
            model.atEnd = true;
          }}
        >
          {trans.__('Go to the end')}
        </LinkButton>
      )}
      <span className="jp-Dask-logs-amount">
        {lines.dropped > 0
          ? trans.__('The newest %1 lines; a download has more.', amount(model))
          : lines.length > 0
            ? trans._n('%1 line', '%1 lines', lines.length)
            : ''}
      </span>
    </div>
  );
}

/** Of lines that come and go the exact number would only flicker. */
function amount({ lines }: ILogModel): string {
  return formatCount(Math.floor(lines.length / 100) * 100);
}

function describeState(model: ILogModel, trans: TranslationBundle): string {
  const empty = model.lines.length === 0;
  switch (model.state) {
    case 'loading':
      return model.error === '' ? trans.__('Loading…') : '';
    case 'live':
      return empty ? trans.__('Nothing was printed yet.') : trans.__('Live');
    case 'paused':
      return model.following === true
        ? trans.__('New lines wait, so that what you read stays here.')
        : trans.__('Paused');
    case 'ended':
      return empty && model.error === ''
        ? trans.__('Nothing was printed.')
        : trans.__('Ended');
  }
}
