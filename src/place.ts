import { JupyterFrontEnd, LabShell } from '@jupyterlab/application';
import { SplitPanel, TabPanel, Widget } from '@lumino/widgets';

/**
 * Areas for our documents where the main area has room for one notebook only, as in
 * Notebook 7; its older releases do not have the first.
 */
const BESIDE_THE_NOTEBOOK = ['down', 'right'];

/**
 * Whether the shell has a dock, in which documents lie side by side, as JupyterLab's has
 * and that of Notebook 7 has not.
 */
function hasDock(shell: JupyterFrontEnd.IShell): boolean {
  return shell instanceof LabShell;
}

/** Put a document of ours where this application has room for it. */
export function placeDocument(
  shell: JupyterFrontEnd.IShell,
  widget: Widget
): void {
  const areas = hasDock(shell) ? ['main'] : BESIDE_THE_NOTEBOOK;
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
  const lower = !hasDock(shell) && tabs instanceof TabPanel ? tabs : null;
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
