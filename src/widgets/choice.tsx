import React from 'react';

/**
 * Properties of `Choice`.
 */
export interface IChoiceProps {
  label: string;
  /** Unique in the page: it ties the radio buttons together. */
  name: string;
  options: ReadonlyArray<{ value: string; label: string }>;
  value: string;
  onChange: (value: string) => void;
}

/**
 * A switch between a few exclusive choices, side by side.
 */
export function Choice(props: IChoiceProps): JSX.Element {
  return (
    <div className="jp-Dask-choice" role="radiogroup" aria-label={props.label}>
      {props.options.map(({ label, value }) => (
        <label
          key={value}
          className={value === props.value ? 'jp-mod-checked' : ''}
        >
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          {label}
        </label>
      ))}
    </div>
  );
}
