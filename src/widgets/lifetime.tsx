import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import { endOf } from '../lifetime';
import type { Cluster, ClusterPatch, LifetimeRequest } from '../schema';
import { LinkButton, TextButton } from './buttons';
import { Choice } from './choice';
import type { IArrival } from './feed';
import { describeLifetime } from './format';
import { useNow } from './now';

/** In the last minute and a half seconds count; before that, minutes. */
const LAST_SECONDS = 90 * 1000;

/** The longest clock, as the server has it: a year, in seconds. */
const LONGEST = 365 * 24 * 60 * 60;

/** What the form starts with where there is no idle clock yet, in minutes. */
const USUAL_MINUTES = '60';

/**
 * Properties of `LifetimeLine`.
 */
export interface ILifetimeLineProps {
  cluster: Cluster;
  /** The newest reading, while the card is live. */
  arrival: IArrival | null;
  live: boolean;
  trans: TranslationBundle;
  /** Absent where the user may not change the cluster. */
  onExtend?: () => void;
}

/**
 * How a cluster ends; while a clock runs, what is left and a button to start it anew.
 */
export function LifetimeLine(props: ILifetimeLineProps): JSX.Element {
  const { arrival, cluster, live, trans } = props;
  const end = endOf(cluster.lifetime, arrival?.frame, arrival?.at ?? 0);
  const soon = end !== null && end - Date.now() < LAST_SECONDS;
  // Readings come between the beats of the clock, too.
  useNow(live && end !== null ? (soon ? 1000 : 5000) : null);
  const now = Date.now();
  return (
    <div className="jp-Dask-lifetime">
      <span>{describeLifetime(cluster, end, now, trans)}</span>
      {end !== null && cluster.phase === 'Running' && props.onExtend && (
        <LinkButton
          title={trans.__('Start the clock anew')}
          onClick={props.onExtend}
        >
          {trans.__('Extend')}
        </LinkButton>
      )}
    </div>
  );
}

/**
 * What the editor shows; text, since a field may be empty while one types.
 */
export interface ILifetimeDraft {
  kind: LifetimeRequest['kind'];
  /** Minutes without work. */
  idle: string;
  /** Minutes without a client; empty: no such clock. */
  alone: string;
}

/** The draft that says what a cluster has now. */
export function lifetimeDraft(cluster: Cluster): ILifetimeDraft {
  const { kind, no_client_seconds: alone, seconds } = cluster.lifetime;
  return {
    kind,
    idle: seconds === null ? USUAL_MINUTES : String(seconds / 60),
    alone: alone === null ? '' : String(alone / 60)
  };
}

/** Why a draft cannot be applied, as a sentence; empty when it can. */
export function checkLifetime(
  { alone, idle, kind }: ILifetimeDraft,
  trans: TranslationBundle
): string {
  if (kind === 'idle' && toSeconds(idle) === null) {
    return trans.__('Enter the minutes without work as a number.');
  }
  if (kind !== 'keep' && alone.trim() !== '' && toSeconds(alone) === null) {
    return trans.__(
      'Enter the minutes without a client as a number, or nothing.'
    );
  }
  const clocks = kind === 'idle' ? [idle, alone] : [alone];
  if (
    kind !== 'keep' &&
    clocks.some(text => (toSeconds(text) ?? 0) > LONGEST)
  ) {
    return trans.__('At most %1 minutes are possible.', LONGEST / 60);
  }
  return '';
}

/** The change that a valid draft asks for. */
export function lifetimeRequest(draft: ILifetimeDraft): LifetimeRequest {
  const { alone, idle, kind } = draft;
  return {
    kind,
    ...(kind === 'idle' ? { seconds: toSeconds(idle) } : {}),
    ...(kind !== 'keep' && alone.trim() !== ''
      ? { no_client_seconds: toSeconds(alone) }
      : {})
  };
}

/** Minutes, as text, in seconds; `null` if they are none. */
function toSeconds(minutes: string): number | null {
  const value = Number(minutes.trim().replace(',', '.'));
  const seconds = Math.round(value * 60);
  return minutes.trim() === '' || !(seconds >= 1) ? null : seconds;
}

/**
 * Properties of `LifetimeEditor`.
 */
export interface ILifetimeEditorProps {
  cluster: Cluster;
  trans: TranslationBundle;
  /** Rejects with an error whose message is shown below the fields. */
  onApply: (patch: ClusterPatch) => Promise<void>;
  onCancel: () => void;
}

/**
 * Changes how a cluster ends, in place: Enter applies, Escape cancels.
 */
export function LifetimeEditor(props: ILifetimeEditorProps): JSX.Element {
  const { cluster, trans } = props;
  const [draft, setDraft] = useState(() => lifetimeDraft(cluster));
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const problem = checkLifetime(draft, trans);
  const change = (part: Partial<ILifetimeDraft>): void => {
    setRefusal('');
    setDraft({ ...draft, ...part });
  };

  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>(':checked')?.focus();
    form.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (problem !== '' || busy) {
      return;
    }
    setBusy(true);
    try {
      await props.onApply({ lifetime: lifetimeRequest(draft) });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      className="jp-Dask-editor"
      aria-label={trans.__('Lifetime of %1', cluster.name)}
      onSubmit={event => void submit(event)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          props.onCancel();
        }
        event.stopPropagation();
      }}
      noValidate
    >
      <Choice
        label={trans.__('Lifetime')}
        name={`lifetime-${cluster.name}`}
        options={[
          { value: 'idle', label: trans.__('Idle') },
          // A local cluster ends with its notebook server in any case.
          ...(cluster.backend === 'local'
            ? []
            : [{ value: 'notebook', label: trans.__('Notebook') }]),
          { value: 'keep', label: trans.__('Keep') }
        ]}
        value={draft.kind}
        onChange={kind => change({ kind: kind as ILifetimeDraft['kind'] })}
      />
      <p className="jp-Dask-note">{explain(draft.kind, cluster, trans)}</p>
      {draft.kind !== 'keep' && (
        <div className="jp-Dask-editor-fields">
          {draft.kind === 'idle' && (
            <Minutes
              label={trans.__('Minutes without work')}
              value={draft.idle}
              onChange={idle => change({ idle })}
            />
          )}
          <Minutes
            label={trans.__('Minutes without a client')}
            placeholder={trans.__('never')}
            value={draft.alone}
            onChange={alone => change({ alone })}
          />
        </div>
      )}
      {(problem || refusal) !== '' && (
        <p className="jp-Dask-reason jp-mod-error" role="alert">
          {problem || refusal}
        </p>
      )}
      <div className="jp-Dask-actions">
        <TextButton primary submit disabled={problem !== '' || busy}>
          {trans.__('Apply')}
        </TextButton>
        <TextButton onClick={props.onCancel}>{trans.__('Cancel')}</TextButton>
      </div>
    </form>
  );
}

function explain(
  kind: LifetimeRequest['kind'],
  { backend, lifetime }: Cluster,
  trans: TranslationBundle
): string {
  if (kind === 'idle') {
    return trans.__('Shuts down when it has had no work for a while.');
  }
  if (kind === 'keep') {
    return backend === 'local'
      ? trans.__('Runs until you delete it, or until Jupyter ends.')
      : trans.__('Runs until you delete it.');
  }
  if (lifetime.notebook !== null) {
    return trans.__('Ends with %1.', lifetime.notebook);
  }
  return trans.__(
    'Ends when this notebook is deleted, not when it is stopped.'
  );
}

function Minutes(props: {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <label className="jp-Dask-editor-field">
      <span className="jp-Dask-number-label">{props.label}</span>
      <input
        type="text"
        inputMode="decimal"
        size={6}
        placeholder={props.placeholder}
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      />
    </label>
  );
}
