import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import type { Profile } from '../schema';
import type { IProfileCatalog, IUserProfile } from '../tokens';
import type { ClusterFormModel } from './formModel';

/**
 * Properties of `SaveProfile`.
 */
export interface ISaveProfileProps {
  model: ClusterFormModel;
  catalog: IProfileCatalog;
  trans: TranslationBundle;
}

/**
 * Keeps what the form says as a profile of the user's own.
 */
export function SaveProfile(props: ISaveProfileProps): JSX.Element | null {
  const { catalog, model, trans } = props;
  const [title, setTitle] = useState<string | null>(null);
  const [told, setTold] = useState('');
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    // What had the focus is gone: without it, no key reaches the dialog.
    if (title === null && wasOpen.current) {
      opener.current?.focus();
    }
    wasOpen.current = title !== null;
  }, [title]);
  if (!catalog.save) {
    return null;
  }
  const save = async (): Promise<void> => {
    try {
      await catalog.save?.(ownProfile(title ?? '', model));
      setTold(trans.__('Saved. It is offered from the next time on.'));
      setTitle(null);
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error));
    }
  };
  if (title === null) {
    return (
      <div className="jp-Dask-SaveProfile">
        <button type="button" ref={opener} onClick={() => setTitle('')}>
          {trans.__('Save as profile…')}
        </button>
        <span role="status">{told}</span>
      </div>
    );
  }
  return (
    <div
      className="jp-Dask-SaveProfile"
      // Lumino looks at keys before React: Enter must not reach the dialog.
      data-enter="own"
    >
      <input
        autoFocus
        aria-label={trans.__('What to call the profile')}
        placeholder={trans.__('What to call it')}
        value={title}
        onChange={event => setTitle(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && title.trim() !== '') {
            void save();
          }
        }}
      />
      <button
        type="button"
        disabled={title.trim() === '' || !model.valid}
        onClick={() => void save()}
      >
        {trans.__('Save')}
      </button>
      <button type="button" onClick={() => setTitle(null)}>
        {trans.__('Not now')}
      </button>
    </div>
  );
}

/** The profile of what a form says. */
export function ownProfile(
  label: string,
  model: ClusterFormModel
): IUserProfile {
  const { profile } = model;
  const defaults = { ...model.request };
  const { overlay } = defaults;
  delete defaults.name;
  delete defaults.profile;
  delete defaults.backend;
  delete defaults.overlay;
  return {
    name: label.trim(),
    backend: profile.backend,
    extends: baseName(profile),
    defaults,
    ...(overlay && { overlay })
  };
}

function baseName(profile: Profile): string {
  return profile.source === 'user' ? profile.extends : profile.name;
}
