import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { clearIcon, copyIcon, downloadIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { ILogModel, ILogPod, podOf } from '../logs';
import { IconButton } from './buttons';
import { formatCount } from './format';

/**
 * Properties of `LogTools`.
 */
export interface ILogToolsProps {
  model: ILogModel;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  trans: TranslationBundle;
}

/**
 * Which log, how much of it, and what one can do with it.
 */
export function LogTools(
  props: ILogToolsProps & { children: React.ReactNode }
): JSX.Element {
  const { model, trans } = props;
  return (
    <div
      className="jp-Dask-logs-tools"
      role="toolbar"
      aria-label={trans.__('Logs of %1', model.owner)}
    >
      <Source {...props} />
      <Tail {...props} />
      {model.following !== null && (
        <Check
          label={trans.__('Follow')}
          title={trans.__('Show new lines as they are printed')}
          checked={model.following}
          onChange={value => {
            model.following = value;
          }}
        />
      )}
      <Check
        label={trans.__('Wrap lines')}
        checked={props.wrap}
        onChange={props.onWrap}
      />
      {props.children}
      <Buttons {...props} />
    </div>
  );
}

/** Pod, container, and whether that before the last restart. */
function Source(props: ILogToolsProps): JSX.Element {
  const { model, trans } = props;
  const pod = podOf(model.pods, model.pod);
  const containers = pod?.containers ?? [];
  return (
    <>
      <Select
        label={trans.__('Pod')}
        value={model.pod}
        options={podNames(model.pods, model.pod)}
        labelOf={name =>
          model.pods.length > 0 && podOf(model.pods, name) === undefined
            ? trans.__('%1 (gone)', name)
            : name
        }
        onChange={name => {
          model.pod = name;
        }}
      />
      {containers.length > 1 && (
        <Select
          label={trans.__('Container')}
          value={model.container}
          options={containers}
          onChange={name => {
            model.container = name;
          }}
        />
      )}
      {(pod?.previous === true || model.previous) && (
        <Check
          label={trans.__('Before the last restart')}
          title={trans.__('The log of the container that ended')}
          checked={model.previous}
          onChange={value => {
            model.previous = value;
          }}
        />
      )}
    </>
  );
}

function Tail(props: ILogToolsProps): JSX.Element {
  const { model, trans } = props;
  return (
    <Select
      label={trans.__('How much')}
      value={String(model.tail)}
      options={model.tails.map(String)}
      labelOf={text =>
        Number.isFinite(Number(text))
          ? trans.__('Last %1 lines', formatCount(Number(text)))
          : trans.__('All lines')
      }
      onChange={text => {
        model.tail = Number(text);
      }}
    />
  );
}

function Buttons(props: ILogToolsProps): JSX.Element {
  const { model, trans } = props;
  const empty = model.lines.length === 0;
  return (
    <span className="jp-Dask-logs-buttons">
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy the log')}
        disabled={empty}
        onClick={() => Clipboard.copyToSystem(model.lines.text())}
      />
      <IconButton
        icon={downloadIcon}
        label={trans.__('Download the log')}
        disabled={empty && model.downloadURL === null}
        onClick={() => download(model)}
      />
      <IconButton
        icon={clearIcon}
        label={trans.__('Clear the log: show only new lines')}
        disabled={empty}
        onClick={() => model.clear()}
      />
    </span>
  );
}

function Select(props: {
  label: string;
  value: string;
  options: ReadonlyArray<string>;
  labelOf?: (option: string) => string;
  onChange: (option: string) => void;
}): JSX.Element {
  const { label, labelOf, options, value } = props;
  const shown = labelOf?.(value) ?? value;
  return (
    <select
      aria-label={label}
      title={`${label}: ${shown}`}
      value={props.value}
      onChange={event => props.onChange(event.target.value)}
    >
      <Options
        values={options.join('\n')}
        labels={options.map(option => labelOf?.(option) ?? option).join('\n')}
      />
    </select>
  );
}

/** A thousand pods are not compared one by one for each line of a log. */
const Options = React.memo(
  (props: { values: string; labels: string }): JSX.Element => {
    const labels = props.labels.split('\n');
    return (
      <>
        {props.values.split('\n').map((value, index) => (
          <option key={value} value={value}>
            {labels[index]}
          </option>
        ))}
      </>
    );
  }
);
Options.displayName = 'Options';

function Check(props: {
  label: string;
  title?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): JSX.Element {
  return (
    <label className="jp-Dask-logs-check" title={props.title}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}

/** The pods to choose from; the one that is shown may be gone. */
function podNames(
  pods: ReadonlyArray<ILogPod>,
  shown: string
): ReadonlyArray<string> {
  const names = pods.map(({ name }) => name);
  return shown === '' || names.includes(shown) ? names : [shown, ...names];
}

/** All of the log, by the browser itself; where the pod is gone, what is here. */
function download(model: ILogModel): void {
  const name = `${model.pod === '' ? model.owner : model.pod}.log`;
  const { downloadURL } = model;
  if (downloadURL !== null) {
    save(name, downloadURL);
    return;
  }
  const text = new Blob([model.text()], { type: 'text/plain' });
  const url = URL.createObjectURL(text);
  save(name, url);
  URL.revokeObjectURL(url);
}

function save(name: string, url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
