import type { PanelWithToolbar, SidePanel } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';
import { AccordionPanel } from '@lumino/widgets';

/**
 * One part of the panel: what it is called in saved states, and how much of the height
 * it gets beside others.
 */
export interface ISection {
  readonly id: string;
  readonly weight: number;
  /** Whether it has something to show now. */
  readonly wanted: () => boolean;
  readonly make: () => PanelWithToolbar;
}

/**
 * The sections of a side panel in their order; each is there only while it has something
 * to show, and folded if it was folded when it was last there.
 */
export class Sections {
  constructor(
    private readonly _panel: SidePanel,
    private readonly _sections: ReadonlyArray<ISection>
  ) {
    this._content?.expansionToggled.connect(this._onToggled, this);
  }

  /** The ids of the folded sections, also of those that are not there now. */
  get folded(): ReadonlyArray<string> {
    return [...this._folded].sort();
  }
  set folded(ids: ReadonlyArray<string>) {
    this._folded = new Set(ids);
    for (const id of this._shown.keys()) {
      this._fold(id);
    }
  }

  /** Emitted when the user folds or unfolds a section. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Let sections come and go. */
  update(): void {
    const { _panel: panel, _shown: shown } = this;
    let at = 0;
    let moved = false;
    for (const section of this._sections) {
      const { id } = section;
      const there = shown.get(id);
      if (section.wanted() && !there) {
        const widget = section.make();
        shown.set(id, widget);
        panel.insertWidget(at, widget);
        this._fold(id);
        moved = true;
      } else if (!section.wanted() && there) {
        shown.delete(id);
        there.dispose();
        moved = true;
      }
      at += shown.has(id) ? 1 : 0;
    }
    if (moved) {
      this.size();
    }
  }

  /** Share the height by weight. */
  size(): void {
    // The sections have a size only after the layout has been fitted.
    requestAnimationFrame(() => {
      if (this._content && !this._panel.isDisposed) {
        this._content.setRelativeSizes(
          this._sections
            .filter(({ id }) => this._shown.has(id))
            .map(({ id, weight }) => (this._folded.has(id) ? 0 : weight))
        );
      }
    });
  }

  private get _content(): AccordionPanel | null {
    const { content } = this._panel;
    return content instanceof AccordionPanel ? content : null;
  }

  private _fold(id: string): void {
    const widget = this._shown.get(id);
    const at = widget ? this._panel.widgets.indexOf(widget) : -1;
    if (at < 0) {
      return;
    }
    this._quiet = true;
    if (this._folded.has(id)) {
      this._content?.collapse(at);
    } else {
      this._content?.expand(at);
    }
    this._quiet = false;
  }

  private _onToggled(_: AccordionPanel, index: number): void {
    const widget = this._panel.widgets[index];
    const id = [...this._shown].find(([, shown]) => shown === widget)?.[0];
    if (id === undefined || this._quiet) {
      return;
    }
    if (widget.isHidden) {
      this._folded.add(id);
    } else {
      this._folded.delete(id);
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _shown = new Map<string, PanelWithToolbar>();
  private _folded = new Set<string>();
  private _quiet = false;
}
