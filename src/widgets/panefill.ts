import { type IThemeManager, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { launchIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import '../../style/base.css';
import '../../style/panes.css';
import { PaneCare } from '../panecare';
import { CommandIDs, IClusterManager } from '../tokens';
import { actionButton } from './actionButton';
import { ClusterSelect } from './clusterSelect';
import type { DashboardPane } from './pane';
import { PaneContent } from './panecontent';

/** What panes need. */
export interface IPaneOptions {
  commands: CommandRegistry;
  manager: IClusterManager;
  /** Tells of other themes, where there are any. */
  themes: Pick<IThemeManager, 'themeChanged'> | null;
  trans: TranslationBundle;
}

/**
 * What puts plots and their tools into panes, and takes care of all of them.
 */
export function makeFill(options: IPaneOptions): DashboardPane.Fill {
  const { commands, manager, themes, trans } = options;
  const openMonitor = (cluster: string): void => {
    if (commands.hasCommand(CommandIDs.monitor)) {
      void commands.execute(CommandIDs.monitor, { cluster });
    }
  };
  const suggestMonitor = (cluster: string): void => {
    if (commands.hasCommand(CommandIDs.monitor)) {
      suggest(() => openMonitor(cluster), trans);
    }
  };
  const care = new PaneCare({ suggestMonitor, themes });
  return pane => {
    const { cluster, plot } = pane;
    const content = new PaneContent({
      cluster,
      manager,
      openMonitor,
      plot,
      trans
    });
    pane.toolbar.addItem('cluster', new ClusterSelect(content, manager, trans));
    pane.toolbar.addItem(
      'reload',
      actionButton({
        icon: refreshIcon,
        onClick: () => content.reload(),
        tooltip: trans.__('Reload this plot')
      })
    );
    pane.toolbar.addItem(
      'browser-tab',
      actionButton({
        icon: launchIcon,
        onClick: () => {
          window.open(content.url, '_blank', 'noopener');
        },
        tooltip: trans.__('Open this plot in a new browser tab')
      })
    );
    content.closeRequested.connect(() => pane.close());
    care.adopt(content);
    pane.content.addWidget(content);
    return content;
  };
}

/** Many plots are slow; one view of ours shows most of it at little cost. */
function suggest(open: () => void, trans: TranslationBundle): void {
  Notification.info(
    trans.__(
      'Many plots are open; each is a page of its own and makes the browser slower. The cluster monitor shows workers, memory and tasks in one.'
    ),
    {
      autoClose: 20 * 1000,
      actions: [{ label: trans.__('Open monitor'), callback: open }]
    }
  );
}
