import type { TranslationBundle } from '@jupyterlab/translation';

import type { ILine, IPlot } from '../../monitor/plots';
import { describe } from '../../monitor/units';
import { element, setText, textBox } from './dom';
import type { Palette } from './palette';

/**
 * Above a plot: its title, what each line has come to, and why numbers are missing. It is
 * text, so it can be read aloud, too.
 */
export class Legend {
  constructor(
    private readonly _palette: Palette,
    private readonly _trans: TranslationBundle
  ) {
    this.node.append(this._title, this._sum.node, this._list, this._note);
  }

  readonly node = element('figcaption', 'jp-Dask-Legend');

  /** Show the values at a point; `null`: the newest. */
  draw(plot: IPlot, point: number | null): void {
    setText(this._title, plot.title);
    setText(this._note, plot.note);
    const alone = plot.lines.length === 1 && plot.sum === null;
    const sum = alone ? plot.lines[0].values : plot.sum;
    const total = sum === null ? null : valueAt(sum, point);
    setText(this._sum.text, this._describe(total, plot, true));
    this._sum.node.hidden = sum === null;
    this._list.hidden = alone;
    if (!alone) {
      this._drawList(plot, point);
    }
  }

  /** Colours are read anew with the next drawing. */
  retheme(): void {
    this._key = '';
  }

  private _drawList(plot: IPlot, point: number | null): void {
    const key = plot.lines.map(line => `${line.key} ${line.color}`).join('\n');
    if (key !== this._key) {
      this._key = key;
      this._list.replaceChildren(...plot.lines.map(line => this._item(line)));
    }
    plot.lines.forEach((line, index) => {
      const value =
        this._list.children[index].firstElementChild?.lastElementChild;
      if (value) {
        setText(value, this._describe(valueAt(line.values, point), plot));
      }
    });
  }

  private _item({ color, kind, label }: ILine): HTMLElement {
    const swatch = element('i', `jp-Dask-Legend-swatch jp-mod-${kind}`);
    swatch.style.color = this._palette.color(color);
    const name = element('span', 'jp-Dask-Legend-name', label);
    name.title = label;
    const value = element('b', 'jp-Dask-Legend-value');
    const row = element('div', 'jp-Dask-Legend-item', swatch, name, ' ', value);
    return element('li', '', row);
  }

  private _describe(
    value: number | null,
    { unit }: IPlot,
    long = false
  ): string {
    return value === null ? '–' : describe(value, unit, this._trans, long);
  }

  private readonly _title = element('span', 'jp-Dask-Legend-title');
  private readonly _sum = textBox('jp-Dask-Legend-sum');
  private readonly _list = element('ul', 'jp-Dask-Legend-list');
  private readonly _note = element('span', 'jp-Dask-Legend-note');
  private _key = '';
}

function valueAt(
  values: ReadonlyArray<number | null>,
  point: number | null
): number | null {
  return values[point ?? values.length - 1] ?? null;
}
