import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';

import { IPlacement, placeCode } from './clientcell';

/**
 * What we use of JupyterLab's `ConsolePanel`, which is known by what it has: to share its
 * package, and its tracker, would be a line more in the first load of every page.
 */
export interface IConsolePanel extends Widget {
  readonly console: {
    /** What is written in, but not run yet; `null` while there is no kernel. */
    readonly promptCell: CodeCell | null;
  };
  readonly sessionContext: ISessionContext;
}

/**
 * The console that code is meant for: the one in front; or one that can be seen, where no
 * notebook is open. `null`: the code is for a notebook.
 */
export function consoleFor(
  shell: JupyterFrontEnd.IShell,
  notebooks: INotebookTracker | null
): IConsolePanel | null {
  const { currentWidget: front } = shell;
  if (isConsole(front)) {
    return front;
  }
  const all = notebooks?.currentWidget ? [] : [...shell.widgets('main')];
  return all.filter(isConsole).find(({ isVisible }) => isVisible) ?? null;
}

/**
 * Put code into the prompt of a console, before what is there. It is not run. `null` where
 * the console has no prompt.
 */
export function placeInPrompt(
  { console: { promptCell } }: IConsolePanel,
  code: string
): IPlacement['kind'] | null {
  if (promptCell === null) {
    return null;
  }
  const { sharedModel: prompt } = promptCell.model;
  // A prompt is like a notebook with one cell.
  const { kind } = placeCode(
    {
      cells: [prompt],
      insertCell: (_, { source }) =>
        prompt.setSource(`${source}\n${prompt.getSource()}`)
    },
    0,
    code
  );
  const { editor } = promptCell;
  editor?.setCursorPosition({
    line: editor.lineCount - 1,
    column: editor.getLine(editor.lineCount - 1)?.length ?? 0
  });
  return kind;
}

function isConsole(widget: Widget | null): widget is IConsolePanel {
  return (
    widget !== null &&
    widget.hasClass('jp-ConsolePanel') &&
    'console' in widget &&
    'sessionContext' in widget
  );
}
