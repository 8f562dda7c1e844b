import { ILabShell, JupyterFrontEnd, LabShell } from '@jupyterlab/application';
import { SplitPanel, TabPanel, Widget } from '@lumino/widgets';

/**
 * Areas for our documents where the main area has room for one notebook only, as in
 * Notebook 7; its older releases do not have the first.
 */
const BESIDE_THE_NOTEBOOK = ['down', 'right'];

/**
 * The shell if it has a dock, in which documents lie side by side; else `null`. All that
 * differs between JupyterLab and Notebook 7 is decided by this.
 */
export function dockOf(shell: JupyterFrontEnd.IShell): ILabShell | null {
  return shell instanceof LabShell ? shell : null;
}

/** Put a document of ours where this application has room for it. */
export function placeDocument(
  shell: JupyterFrontEnd.IShell,
  widget: Widget
): void {
  const areas = dockOf(shell) === null ? BESIDE_THE_NOTEBOOK : ['main'];
  for (const area of areas) {
    if (widget.parent === null) {
      shell.add(widget, area);
    }
  }
}

/** Bring a document of ours to the front. */
export function showDocument(
  shell: JupyterFrontEnd.IShell,
  widget: Widget
): void {
  const tabs = widget.parent?.parent;
  const lower =
    dockOf(shell) === null && tabs instanceof TabPanel ? tabs : null;
  const opens = lower?.isHidden ?? false;
  shell.activateById(widget.id);
  if (lower !== null) {
    // Notebook 7 shows its lower area, but neither the tab nor more than its label.
    lower.currentWidget = widget;
    const split = lower.parent;
    if (opens && split instanceof SplitPanel) {
      split.setRelativeSizes(split.widgets.map(w => (w === lower ? 2 : 3)));
    }
  }
}

/** A path without the name of its drive, as `RTC:` for documents that are edited together. */
export function localPath(path: string): string {
  return path.replace(/^[A-Za-z]+:/, '');
}
