import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { LogSearch } from '../logsearch';
import { IconButton } from './buttons';
import { formatCount } from './format';

/**
 * Properties of `LogFind`.
 */
export interface ILogFindProps {
  search: LogSearch;
  /** The field, so that a key can bring the focus there. */
  field: React.RefObject<HTMLInputElement>;
  onQuery: (query: string) => void;
  onGo: (step: 1 | -1) => void;
  trans: TranslationBundle;
}

/**
 * Search a log: how many lines match, and which of them is shown.
 */
export function LogFind(props: ILogFindProps): JSX.Element {
  const { search, trans } = props;
  const none = search.found.length === 0;
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      props.onGo(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape' && event.currentTarget.value !== '') {
      event.preventDefault();
      event.stopPropagation();
      event.currentTarget.value = '';
      props.onQuery('');
    }
  };
  return (
    <span className="jp-Dask-logs-find" role="search">
      <input
        ref={props.field}
        type="search"
        aria-label={trans.__('Search the log')}
        title={trans.__('Search the lines that are kept here')}
        placeholder={trans.__('Search')}
        onChange={event => props.onQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {search.query !== '' && (
        <span className="jp-Dask-logs-count" role="status">
          {none
            ? trans.__('none')
            : trans.__(
                '%1 of %2',
                search.position === 0 ? '–' : formatCount(search.position),
                formatCount(search.found.length)
              )}
        </span>
      )}
      <IconButton
        icon={caretUpIcon}
        label={trans.__('Previous match')}
        disabled={none}
        onClick={() => props.onGo(-1)}
      />
      <IconButton
        icon={caretDownIcon}
        label={trans.__('Next match')}
        disabled={none}
        onClick={() => props.onGo(1)}
      />
    </span>
  );
}
