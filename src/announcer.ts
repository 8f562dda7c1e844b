import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { EndingWatch } from './endings';
import { clockOf } from './lifetime';
import type { Cluster } from './schema';
import { LostNotice } from './lostnotice';
import {
  CommandIDs,
  IClusterManager,
  IJobManager,
  IJobTransition,
  ITransition
} from './tokens';
import { countWorkers } from './workers';

/** Settings of the panel and of what belongs to it are in one place. */
const SETTINGS = 'jupyter-dask-k8s:panel';

/** To an end that is nearer, in ms, seconds are told, too. */
const SOON = 2 * 60 * 1000;

/**
 * Tells of clusters and jobs that come, fail and end.
 */
export class Announcer {
  constructor(private readonly _options: Announcer.IOptions) {
    const { commands, manager, trans, wanted } = _options;
    this._lost = new LostNotice(trans);
    new EndingWatch({
      manager,
      warn: (cluster, end) =>
        wanted() ? warnOfEnd(cluster, end, commands, trans) : () => undefined
    });
  }

  onCluster(transition: ITransition): void {
    const { commands, jobs, manager, trans, wanted } = this._options;
    const { name } = transition;
    // A job tells of itself; its cluster only comes and goes with it.
    const isOfJob = jobs?.get(name)?.cluster === name;
    if (!this._isNews(transition) || isOfJob || !wanted()) {
      return;
    }
    announce(transition, commands, manager, trans, this._failures);
    if (transition.lost) {
      this._lost.add(name);
    }
  }

  onJob(transition: IJobTransition): void {
    const { commands, jobs, manager, trans, wanted } = this._options;
    const mine = jobs?.get(transition.name)?.owner === manager.status?.user;
    if (mine && wanted()) {
      announceJob(transition, commands, trans);
    }
  }

  private readonly _isNews = makeFilter();
  private readonly _lost: LostNotice;
  private readonly _failures = new Map<string, string>();
}

/**
 * Options of `Announcer`.
 */
export namespace Announcer {
  export interface IOptions {
    commands: CommandRegistry;
    jobs: IJobManager | null;
    manager: IClusterManager;
    trans: TranslationBundle;
    /** Whether the user wants to be told. */
    wanted: () => boolean;
  }
}

/** Whether the user wants to be told, as the settings say at any time. */
export async function readWanted(
  registry: ISettingRegistry | null
): Promise<() => boolean> {
  try {
    const settings = await registry?.load(SETTINGS);
    return () => settings?.composite.notifications !== false;
  } catch {
    // Settings are missing or broken: JupyterLab says so itself.
    return () => true;
  }
}

/**
 * A cluster that waits for workers once more, after it was scaled, say, does not
 * become ready anew.
 */
export function makeFilter(): (transition: ITransition) => boolean {
  const ready = new Set<string>();
  return ({ from, name, to }) => {
    const again = to === 'Running' && ready.has(name);
    if (from === 'Running' || to === 'Running') {
      ready.add(name);
    }
    if (to === null || to === 'Failed') {
      ready.delete(name);
    }
    return !again;
  };
}

function announce(
  { from, name, reason, to }: ITransition,
  commands: CommandRegistry,
  manager: IClusterManager,
  trans: TranslationBundle,
  /** The notices of failures, by cluster. */
  failures: Map<string, string>
): void {
  if (to === 'Running' || to === null) {
    // What was said of its failure is not true any more.
    Notification.dismiss(failures.get(name) ?? '');
    failures.delete(name);
  }
  if (from === 'Pending' && to === 'Running') {
    const cluster = manager.get(name);
    const { ready, desired } = cluster
      ? countWorkers(cluster)
      : { ready: 0, desired: 0 };
    Notification.success(
      ready < desired
        ? trans.__(
            'Cluster “%1” runs: %2 of %3 workers are ready',
            name,
            ready,
            desired
          )
        : trans._n(
            'Cluster “%2” is ready: %1 worker',
            'Cluster “%2” is ready: %1 workers',
            ready,
            name
          ),
      { autoClose: 8000, actions: readyActions(name, commands, trans) }
    );
  } else if (from !== null && to === 'Failed') {
    const message = trans.__('Cluster “%1” failed. %2', name, reason);
    const id = failures.get(name);
    if (id !== undefined) {
      // One that crashes again and again is told once, even if nobody wants to see it.
      Notification.update({ id, message });
    } else {
      failures.set(
        name,
        Notification.error(message, {
          autoClose: false,
          actions: [
            showAction(name, commands, manager, trans),
            ...detailsAction(name, commands, trans)
          ]
        })
      );
    }
  } else if (to === null && reason !== '') {
    Notification.info(trans.__('Cluster “%1” ended. %2', name, reason), {
      autoClose: false
    });
  }
}

/** Why it failed: pods, events and logs, where that can be shown. */
function detailsAction(
  cluster: string,
  commands: CommandRegistry,
  trans: TranslationBundle
): Notification.IAction[] {
  const id = CommandIDs.details;
  return commands.hasCommand(id)
    ? [
        {
          label: trans.__('Details'),
          callback: () => void commands.execute(id, { cluster })
        }
      ]
    : [];
}

/** Warn of a cluster's end; what is returned takes the warning back. */
function warnOfEnd(
  cluster: Cluster,
  end: number,
  commands: CommandRegistry,
  trans: TranslationBundle
): () => void {
  const { lifetime, name } = cluster;
  // The notice stays while time goes by: it tells when, not how soon.
  const time = new Date(end).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: end - Date.now() < SOON ? '2-digit' : undefined
  });
  const message =
    clockOf(lifetime, end) === 'idle'
      ? trans.__('Cluster “%1” is idle: it shuts down at %2.', name, time)
      : trans.__(
          'Cluster “%1” has no client: it shuts down at %2.',
          name,
          time
        );
  const args = { cluster: name };
  const id = Notification.warning(message, {
    autoClose: false,
    actions: commands.hasCommand(CommandIDs.extend)
      ? [
          {
            label: trans.__('Extend'),
            displayType: 'accent',
            callback: () => void commands.execute(CommandIDs.extend, args)
          }
        ]
      : []
  });
  return () => Notification.dismiss(id);
}

function announceJob(
  { from, name, reason, to }: IJobTransition,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  const args = { job: name };
  const action = (id: string, label: string): Notification.IAction => ({
    label,
    callback: () => void commands.execute(id, args)
  });
  if (from !== null && to === 'Succeeded') {
    const opens = commands.isVisible(CommandIDs.jobResult, args);
    Notification.success(trans.__('Job “%1” succeeded', name), {
      autoClose: 8000,
      actions: opens
        ? [action(CommandIDs.jobResult, trans.__('Open result'))]
        : [action(CommandIDs.jobLogs, trans.__('Logs'))]
    });
  } else if (from !== null && to === 'Failed') {
    Notification.error(trans.__('Job “%1” failed. %2', name, reason), {
      autoClose: false,
      actions: [action(CommandIDs.jobLogs, trans.__('Logs'))]
    });
  }
}

function readyActions(
  cluster: string,
  commands: CommandRegistry,
  trans: TranslationBundle
): Notification.IAction[] {
  const args = { cluster };
  const labels: [string, string][] = [
    [CommandIDs.connect, trans.__('Connect')],
    [CommandIDs.openDashboard, trans.__('Open dashboard')]
  ];
  return labels
    .filter(([id]) => commands.hasCommand(id) && commands.isEnabled(id, args))
    .map(([id, label]) => ({
      label,
      callback: () => void commands.execute(id, args)
    }));
}

function showAction(
  cluster: string,
  commands: CommandRegistry,
  manager: IClusterManager,
  trans: TranslationBundle
): Notification.IAction {
  return {
    label: trans.__('Show'),
    callback: () => {
      manager.selected = cluster;
      if (commands.hasCommand(CommandIDs.focus)) {
        void commands.execute(CommandIDs.focus);
      }
    }
  };
}
