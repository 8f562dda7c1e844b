import type { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

/**
 * Properties of `IconButton`.
 */
export interface IIconButtonProps {
  icon: LabIcon;
  label: string;
  disabled?: boolean;
  onClick: (event: React.MouseEvent) => void;
}

/** A button that is an icon; its label is read aloud and in the tooltip. */
export function IconButton(props: IIconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Dask-iconButton"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" width="16px" height="16px" />
    </button>
  );
}

/**
 * Properties of `TextButton`.
 */
export interface ITextButtonProps {
  children: React.ReactNode;
  primary?: boolean;
  submit?: boolean;
  disabled?: boolean;
  title?: string;
  onClick?: () => void;
}

/** A button with words; the primary one has JupyterLab's colours for accepting. */
export function TextButton(props: ITextButtonProps): JSX.Element {
  const style = props.primary ? ' jp-mod-styled jp-mod-accept' : '';
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      className={`jp-Dask-button${style}`}
      disabled={props.disabled}
      title={props.title}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** A button that reads like a link within a text. */
export function LinkButton(props: {
  children: React.ReactNode;
  title?: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Dask-link"
      title={props.title}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
