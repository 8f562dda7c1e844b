import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import { JSONExt, PartialJSONValue } from '@lumino/coreutils';
import React, { useEffect, useRef, useState } from 'react';

import type { Export } from '../schema';

/** How long after the last key the preview is asked for, in ms. */
const DELAY = 300;

/**
 * Properties of `Preview`.
 */
export interface IPreviewProps<T> {
  title: string;
  /** What is previewed: asked for anew when it changes. */
  request: T;
  load: (request: T) => Promise<Export>;
  trans: TranslationBundle;
}

/**
 * What a form would make, as text; folded at first. Asks only while it is unfolded, and
 * never keeps the form from anything.
 */
export function Preview<T>(props: IPreviewProps<T>): JSX.Element {
  const [open, setOpen] = useState(false);
  const { text, error, busy } = usePreview(props, open);
  return (
    <details
      className="jp-Dask-Preview"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{props.title}</summary>
      <TextBlock
        busy={busy}
        error={error}
        label={props.title}
        text={text}
        trans={props.trans}
      />
    </details>
  );
}

/**
 * A text in the fixed font with a button that copies it; or why there is none.
 */
export function TextBlock(props: {
  busy: boolean;
  error: string;
  label: string;
  text: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { busy, error, label, text, trans } = props;
  const [copied, setCopied] = useState('');
  const copy = (): void => {
    Clipboard.copyToSystem(text);
    setCopied(text);
  };
  return (
    <div className={`jp-Dask-TextBlock${busy ? ' jp-mod-busy' : ''}`}>
      {error === '' ? (
        <pre tabIndex={0} aria-label={label} aria-busy={busy}>
          {text}
        </pre>
      ) : (
        <p className="jp-Dask-field-error" role="alert">
          {error}
        </p>
      )}
      <button
        type="button"
        className="jp-Dask-TextBlock-copy"
        disabled={text === '' || error !== ''}
        title={trans.__('Copy to the clipboard')}
        onClick={copy}
      >
        <copyIcon.react tag="span" />
        <span aria-live="polite">
          {copied === text && text !== ''
            ? trans.__('Copied')
            : trans.__('Copy')}
        </span>
      </button>
    </div>
  );
}

interface IState {
  text: string;
  error: string;
  busy: boolean;
}

function usePreview<T>(
  { load, request }: IPreviewProps<T>,
  open: boolean
): IState {
  const [state, setState] = useState<IState>({
    text: '',
    error: '',
    busy: false
  });
  const asked = useStable(request);
  useEffect(() => {
    if (!open) {
      return;
    }
    let stale = false;
    const answer = (text: string, error: string): void => {
      // An older answer must not replace a newer one.
      if (!stale) {
        setState({ text, error, busy: false });
      }
    };
    setState(before => ({ ...before, busy: true }));
    const timer = window.setTimeout(() => {
      load(asked).then(
        ({ content }) => answer(content, ''),
        error =>
          answer('', error instanceof Error ? error.message : String(error))
      );
    }, DELAY);
    return () => {
      stale = true;
      window.clearTimeout(timer);
    };
  }, [asked, open]);
  return state;
}

/** The same object as long as nothing in it has changed. */
function useStable<T>(value: T): T {
  const kept = useRef(value);
  const same = JSONExt.deepEqual(
    kept.current as PartialJSONValue,
    value as PartialJSONValue
  );
  if (!same) {
    kept.current = value;
  }
  return kept.current;
}
