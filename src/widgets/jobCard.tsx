import type { TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import type { Job } from '../schema';
import { CommandIDs } from '../tokens';
import { IconButton, LinkButton, TextButton } from './buttons';
import { describeOwner, formatElapsed, formatTime } from './format';
import { jobIcons } from './viewIcons';
import { useNow } from './now';

/** How long a job runs is written to the second at first, then to the minute. */
const TO_THE_SECOND = 10 * 60;

/**
 * Properties of `JobCard`.
 */
export interface IJobCardProps {
  job: Job;
  commands: CommandRegistry;
  /** False while nobody can see the card. */
  live: boolean;
  selected: boolean;
  trans: TranslationBundle;
  user: string | null;
  onMenu: (x: number, y: number) => void;
  onSelect: () => void;
  /** Open a file, below Jupyter's root. */
  onOpen: (path: string) => void;
  onSelectCluster: (name: string) => void;
}

/**
 * One job. The open card tells what it ran and where, and leads to logs and result.
 */
export function JobCard(props: IJobCardProps): JSX.Element {
  const { job, selected } = props;
  return (
    <li
      className={`jp-Dask-card jp-Dask-job jp-mod-${job.phase.toLowerCase()}${
        selected ? ' jp-mod-selected' : ''
      }`}
      data-job={job.name}
      onContextMenu={event => {
        if (!event.shiftKey) {
          event.preventDefault();
          event.stopPropagation();
          props.onMenu(event.clientX, event.clientY);
        }
      }}
    >
      <JobHeader {...props} />
      {job.reason !== '' && (
        <p
          className={`jp-Dask-reason${
            job.phase === 'Failed' ? ' jp-mod-error' : ''
          }`}
          title={selected ? undefined : job.reason}
        >
          {job.reason}
        </p>
      )}
      {selected && <JobBody {...props} />}
    </li>
  );
}

function JobHeader(props: IJobCardProps): JSX.Element {
  const { job, trans } = props;
  const Icon = jobIcons[job.phase].react;
  const elapsed = useElapsed(job, props.live);
  return (
    <div className="jp-Dask-card-header">
      <button
        type="button"
        className="jp-Dask-card-select"
        aria-expanded={props.selected}
        title={trans.__('%1: %2', job.name, job.phase)}
        onClick={props.onSelect}
      >
        <span className={`jp-Dask-phase jp-mod-${job.phase.toLowerCase()}`}>
          <Icon tag="span" width="16px" height="16px" />
        </span>
        <span className="jp-Dask-card-title">
          <span className="jp-Dask-card-name">{job.name}</span>
          <span className="jp-Dask-job-phase">{job.phase}</span>
          {elapsed !== null && (
            <span className="jp-Dask-job-elapsed">
              {formatElapsed(elapsed, trans)}
            </span>
          )}
        </span>
      </button>
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('Actions for %1', job.name)}
        onClick={event => {
          const { bottom, left } = event.currentTarget.getBoundingClientRect();
          props.onMenu(left, bottom);
        }}
      />
    </div>
  );
}

function JobBody(props: IJobCardProps): JSX.Element {
  const { commands, job } = props;
  const args = { job: job.name };
  const run = (id: string): void => void commands.execute(id, args);
  const { trans } = props;
  const usable = (id: string): boolean =>
    commands.hasCommand(id) && commands.isVisible(id, args);
  return (
    <div className="jp-Dask-card-body">
      <JobFacts {...props} />
      <div className="jp-Dask-actions">
        {usable(CommandIDs.jobLogs) && (
          <TextButton onClick={() => run(CommandIDs.jobLogs)}>
            {trans.__('Logs')}
          </TextButton>
        )}
        {usable(CommandIDs.jobResult) && (
          <TextButton onClick={() => run(CommandIDs.jobResult)}>
            {trans.__('Open result')}
          </TextButton>
        )}
        <span className="jp-Dask-actions-end">
          {usable(CommandIDs.jobDelete) && (
            <IconButton
              icon={deleteIcon}
              label={trans.__('Delete job')}
              disabled={!commands.isEnabled(CommandIDs.jobDelete, args)}
              onClick={() => run(CommandIDs.jobDelete)}
            />
          )}
        </span>
      </div>
    </div>
  );
}

function JobFacts(props: IJobCardProps): JSX.Element {
  const { job, trans } = props;
  const { cluster, result, source } = job;
  const owner = describeOwner({ ...job, shared: false }, props.user, trans);
  const path = (value: string) => (
    <LinkButton
      title={trans.__('Open %1', value)}
      onClick={() => props.onOpen(value)}
    >
      {value}
    </LinkButton>
  );
  return (
    <dl className="jp-Dask-job-facts">
      <Fact label={trans.__('Source')}>{source && path(source)}</Fact>
      <Fact label={trans.__('Result')}>{result && path(result)}</Fact>
      <Fact label={trans.__('Cluster')}>
        {cluster && (
          <LinkButton
            title={trans.__('Show the cluster %1', cluster)}
            onClick={() => props.onSelectCluster(cluster)}
          >
            {cluster}
          </LinkButton>
        )}
      </Fact>
      <Fact label={trans.__('Command')}>
        {job.command.length > 0 && (
          <code title={job.command.join(' ')}>{job.command.join(' ')}</code>
        )}
      </Fact>
      <Fact label={trans.__('Image')}>{job.image}</Fact>
      <Fact label={trans.__('Profile')}>
        {job.profile !== '' && job.profile}
      </Fact>
      <Fact label={trans.__('Made')}>
        {formatTime(job.created, Date.now())}
        {owner !== '' && ` · ${owner}`}
      </Fact>
    </dl>
  );
}

function Fact(props: {
  label: string;
  children: React.ReactNode;
}): JSX.Element | null {
  return !props.children ? null : (
    <>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

/** How long a job has run or ran, in seconds; `null` before it starts. */
function useElapsed(job: Job, live: boolean): number | null {
  const started = job.started === null ? null : Date.parse(job.started);
  const ended = job.ended === null ? null : Date.parse(job.ended);
  const running = started !== null && ended === null && !isEnded(job);
  const young = started !== null && Date.now() - started < TO_THE_SECOND * 1000;
  const now = useNow(live && running ? (young ? 1000 : 10_000) : null);
  if (started === null || (ended === null && !running)) {
    return null;
  }
  return ((ended ?? now) - started) / 1000;
}

function isEnded({ phase }: Job): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
