import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

/**
 * Properties of `NumberField`.
 */
export interface INumberFieldProps {
  label: string;
  /** Text, since the field may be empty while one types. */
  value: string;
  minimum: number;
  /** `null`: no limit. */
  maximum: number | null;
  trans: TranslationBundle;
  onChange: (value: string) => void;
}

/**
 * A whole number, with buttons and arrow keys for one more and one less.
 */
export function NumberField(props: INumberFieldProps): JSX.Element {
  const { label, minimum, trans, value } = props;
  const maximum = props.maximum ?? Number.MAX_SAFE_INTEGER;
  const step = (by: number): void => {
    const next = (Number.parseInt(value, 10) || 0) + by;
    props.onChange(String(Math.min(maximum, Math.max(minimum, next))));
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      step(event.key === 'ArrowUp' ? 1 : -1);
    }
  };
  return (
    <label className="jp-Dask-number">
      <span className="jp-Dask-number-label">{label}</span>
      <span className="jp-Dask-stepper">
        <button
          type="button"
          tabIndex={-1}
          aria-label={trans.__('%1: one less', label)}
          disabled={Number(value) <= minimum}
          onClick={() => step(-1)}
        >
          −
        </button>
        <input
          type="text"
          inputMode="numeric"
          aria-label={label}
          value={value}
          onChange={event => props.onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          tabIndex={-1}
          aria-label={trans.__('%1: one more', label)}
          disabled={Number(value) >= maximum}
          onClick={() => step(1)}
        >
          +
        </button>
      </span>
    </label>
  );
}
