/** The fonts and colours of a theme, as a canvas takes them. */
export class Palette {
  constructor(private readonly _node: HTMLElement) {}

  /** Read the theme anew. */
  read(): void {
    this._colors.clear();
    this._font = '';
  }

  /** `#rrggbb` stays; other names are those of `--jp-dask-monitor-…` in monitor.css. */
  color(name: string): string {
    if (name.startsWith('#')) {
      return name;
    }
    let color = this._colors.get(name);
    if (color === undefined) {
      color = this._resolve(`var(--jp-dask-monitor-${name})`);
      this._colors.set(name, color);
    }
    return color;
  }

  /** A colour through which one sees what is behind. */
  faint(name: string, alpha: number): string {
    const parts = this._rgb(name);
    return `rgba(${parts.join(', ')}, ${alpha})`;
  }

  /** A colour between two. */
  mix(from: string, to: string, part: number): string {
    const start = this._rgb(from);
    const end = this._rgb(to);
    const parts = start.map((value, index) =>
      Math.round(value + (end[index] - value) * part)
    );
    return `rgb(${parts.join(', ')})`;
  }

  /** The font of small text. */
  get font(): string {
    if (this._font === '') {
      const style = getComputedStyle(this._node);
      this._font = `11px ${style.fontFamily || 'sans-serif'}`;
    }
    return this._font;
  }

  /** The browser works out what a variable comes to. */
  private _resolve(value: string): string {
    const probe = document.createElement('span');
    probe.style.color = value;
    this._node.appendChild(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color || '#888888';
  }

  /** Themes have colours that let the background through: it is mixed in. */
  private _rgb(name: string): number[] {
    const [color, alpha] = parse(this.color(name));
    if (alpha === 1) {
      return color;
    }
    const [behind] = parse(this.color('background'));
    return color.map((value, index) =>
      Math.round(behind[index] + (value - behind[index]) * alpha)
    );
  }

  private readonly _colors = new Map<string, string>();
  private _font = '';
}

/** Red, green and blue of `#rrggbb` or `rgb(…)`, and how opaque it is. */
function parse(color: string): [number[], number] {
  if (color.startsWith('#')) {
    return [[1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16)), 1];
  }
  const parts = (color.match(/[\d.]+/g) ?? []).map(Number);
  return parts.length < 3
    ? [[136, 136, 136], 1]
    : [parts.slice(0, 3), parts[3] ?? 1];
}
