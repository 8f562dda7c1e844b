import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { keyOf } from '../profiles';
import type { Profile } from '../schema';
import { isPicture, profileIcon } from './profileIcons';

/**
 * Properties of `ProfileChooser`.
 */
export interface IProfileChooserProps {
  profiles: ReadonlyArray<Profile>;
  /** The key of the chosen one. */
  value: string;
  trans: TranslationBundle;
  onChange: (key: string) => void;
}

/**
 * The profiles as cards, one of which is chosen; by backend, where there are two.
 * Radio buttons, so that the arrow keys choose.
 */
export function ProfileChooser(
  props: IProfileChooserProps
): JSX.Element | null {
  const { profiles, trans } = props;
  if (profiles.length < 2) {
    return null;
  }
  const titles: Readonly<Record<Profile['backend'], string>> = {
    kubernetes: trans.__('Kubernetes'),
    local: trans.__('This notebook')
  };
  const backends = [...new Set(profiles.map(({ backend }) => backend))];
  return (
    <div
      className="jp-Dask-Profiles"
      role="radiogroup"
      aria-label={trans.__('Profile')}
    >
      {backends.map(backend => (
        <React.Fragment key={backend}>
          {backends.length > 1 && (
            <div className="jp-Dask-Profiles-title">{titles[backend]}</div>
          )}
          {profiles
            .filter(profile => profile.backend === backend)
            .map(profile => (
              <ProfileCard key={keyOf(profile)} {...props} profile={profile} />
            ))}
        </React.Fragment>
      ))}
    </div>
  );
}

function ProfileCard(
  props: IProfileChooserProps & { profile: Profile }
): JSX.Element {
  const { profile, trans } = props;
  const key = keyOf(profile);
  const chosen = key === props.value;
  const { description, label, name } = profile;
  return (
    <label
      className={`jp-Dask-Profile${chosen ? ' jp-mod-checked' : ''}`}
      title={description}
    >
      <input
        type="radio"
        name="jp-Dask-profile"
        value={key}
        checked={chosen}
        aria-label={label === '' ? name : label}
        aria-description={description}
        onChange={() => props.onChange(key)}
      />
      <ProfileIcon icon={profile.icon} />
      <span className="jp-Dask-Profile-text">
        <span className="jp-Dask-Profile-label">
          {label === '' ? name : label}
          {profile.source === 'user' && (
            <span className="jp-Dask-Profile-source">{trans.__('yours')}</span>
          )}
        </span>
        {description !== '' && (
          <span className="jp-Dask-Profile-description">{description}</span>
        )}
      </span>
    </label>
  );
}

function ProfileIcon({ icon }: { icon: string }): JSX.Element {
  if (isPicture(icon)) {
    return <img className="jp-Dask-Profile-icon" src={icon} alt="" />;
  }
  const { react: Icon } = profileIcon(icon);
  return (
    <Icon className="jp-Dask-Profile-icon" tag="span" aria-hidden="true" />
  );
}
