import { Clipboard, MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, downloadIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React, { useEffect, useRef, useState } from 'react';

import type { JobLogsModel } from '../joblogs';
import { IconButton, LinkButton } from './buttons';
import { clusterIcon } from './icons';
import { Visibility } from './visibility';

/** So near to the end, in pixels, one reads on as new lines come. */
const NEAR = 24;

/**
 * What the pods of a job print, as a document of the main area.
 */
export function makeLogsWidget(
  model: JobLogsModel,
  trans: TranslationBundle
): MainAreaWidget<JobLogsView> {
  const content = new JobLogsView(model, trans);
  const widget = new MainAreaWidget({ content });
  widget.id = `jupyter-dask-k8s-logs-${model.job}`;
  widget.title.label = trans.__('Logs of %1', model.job);
  widget.title.icon = clusterIcon;
  widget.title.closable = true;
  return widget;
}

/**
 * The text of a log and its tools. It reads only while it can be seen.
 */
export class JobLogsView extends ReactWidget {
  constructor(
    readonly model: JobLogsModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-Logs');
    model.changed.connect(this._refresh, this);
    this._visibility.changed.connect((_, visible) => {
      model.visible = visible;
    });
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._visibility.dispose();
    this.model.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    return <Logs model={this.model} trans={this._trans} />;
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._visibility.shown = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._visibility.shown = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._visibility.shown = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this._visibility.shown = false;
    super.onBeforeDetach(msg);
  }

  private _refresh(): void {
    this.update();
  }

  private readonly _visibility = new Visibility();
}

interface ILogsProps {
  model: JobLogsModel;
  trans: TranslationBundle;
}

function Logs(props: ILogsProps): JSX.Element {
  const { model, trans } = props;
  const [wrap, setWrap] = useState(true);
  const { error, logs } = model;
  return (
    <>
      <Tools {...props} wrap={wrap} onWrap={setWrap} />
      {error !== '' && (
        <p className="jp-Dask-logs-notice jp-mod-error" role="alert">
          {error}
        </p>
      )}
      {logs && !logs.complete && !model.all && (
        <p className="jp-Dask-logs-notice">
          {trans.__('Only the last lines are shown.')}{' '}
          <LinkButton
            onClick={() => {
              model.all = true;
            }}
          >
            {trans.__('Show all')}
          </LinkButton>
        </p>
      )}
      <LogText text={logs?.text ?? null} wrap={wrap} trans={trans} />
    </>
  );
}

function Tools(
  props: ILogsProps & { wrap: boolean; onWrap: (wrap: boolean) => void }
): JSX.Element {
  const { model, trans } = props;
  const { logs, pods } = model;
  const text = logs?.text ?? '';
  const pod = model.pod ?? logs?.pod ?? pods[0] ?? '';
  return (
    <div
      className="jp-Dask-logs-tools"
      role="toolbar"
      aria-label={trans.__('Logs of %1', model.job)}
    >
      {pods.length > 1 ? (
        <select
          aria-label={trans.__('Pod')}
          title={trans.__('Pod')}
          value={pod}
          onChange={event => {
            model.pod = event.target.value;
          }}
        >
          {pods.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        <span className="jp-Dask-logs-pod">{pod}</span>
      )}
      <label className="jp-Dask-logs-wrap">
        <input
          type="checkbox"
          checked={props.wrap}
          onChange={event => props.onWrap(event.target.checked)}
        />
        {trans.__('Wrap lines')}
      </label>
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy the log')}
        disabled={text === ''}
        onClick={() => Clipboard.copyToSystem(text)}
      />
      <IconButton
        icon={downloadIcon}
        label={trans.__('Download the log')}
        disabled={text === ''}
        onClick={() => download(`${pod === '' ? model.job : pod}.log`, text)}
      />
    </div>
  );
}

/** The text; it stays at its end as it grows, unless one has scrolled up. */
function LogText(props: {
  text: string | null;
  wrap: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, trans, wrap } = props;
  const node = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current && node.current) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [text, wrap]);
  return (
    <pre
      ref={node}
      className={`jp-Dask-logs-text${wrap ? ' jp-mod-wrap' : ''}`}
      tabIndex={0}
      aria-label={trans.__('Log')}
      onScroll={event => {
        const { clientHeight, scrollHeight, scrollTop } = event.currentTarget;
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {text === '' ? trans.__('Nothing was printed yet.') : text}
    </pre>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
