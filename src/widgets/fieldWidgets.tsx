import type { TranslationBundle } from '@jupyterlab/translation';
import type { WidgetProps } from '@rjsf/utils';
import React from 'react';

import { Choice } from './choice';
import type { Refusals } from './formModel';

/** What our templates and widgets read besides rjsf's own properties. */
export interface IFormContext {
  refusals: Refusals;
  trans: TranslationBundle;
}

/** Side by side what excludes each other. */
export function ChoiceWidget(props: WidgetProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const labels: Record<string, string> = {
    fixed: trans.__('Fixed'),
    adaptive: trans.__('Adaptive'),
    idle: trans.__('Idle'),
    notebook: trans.__('Notebook'),
    keep: trans.__('Keep')
  };
  return (
    <Choice
      label={props.label}
      name={props.id}
      options={(props.options.enumOptions ?? []).map(({ value }) => ({
        value: String(value),
        label: labels[String(value)] ?? String(value)
      }))}
      value={String(props.value)}
      onChange={props.onChange}
    />
  );
}

/** One line of text that wraps when it is long, so that all of it can be read. */
export function ReferenceWidget(props: WidgetProps): JSX.Element {
  const value = typeof props.value === 'string' ? props.value : '';
  return (
    <GrowingText
      id={props.id}
      placeholder={props.placeholder ?? ''}
      rows={1}
      value={value}
      onChange={text => {
        const line = text.replace(/\s+/g, '');
        props.onChange(line === '' ? props.options.emptyValue : line);
      }}
    />
  );
}

/** A list or a map: an entry a line. */
export function LinesWidget(props: WidgetProps): JSX.Element {
  const value = typeof props.value === 'string' ? props.value : '';
  return (
    <GrowingText
      id={props.id}
      placeholder={props.placeholder ?? ''}
      rows={2}
      value={value}
      onChange={props.onChange}
    />
  );
}

/**
 * Properties of `GrowingText`.
 */
export interface IGrowingTextProps {
  id: string;
  placeholder: string;
  /** With one row, Enter submits; with more it begins a line. */
  rows: number;
  value: string;
  onChange: (value: string) => void;
}

/** A text that is as high as what it holds. */
export function GrowingText(props: IGrowingTextProps): JSX.Element {
  return (
    <div className="jp-Dask-reference" data-value={props.value}>
      <textarea
        id={props.id}
        rows={props.rows}
        autoComplete="off"
        autoCapitalize="off"
        placeholder={props.placeholder}
        spellCheck={false}
        title={props.value}
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      />
    </div>
  );
}
