/** Make an element of a class, with what is in it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** Change a text only where it is another one: nothing is laid out in vain. */
export function setText(node: Element, text: string): void {
  const { firstChild } = node;
  if (firstChild instanceof Text && firstChild === node.lastChild) {
    // The same node with other letters costs less than another node.
    if (firstChild.data !== text) {
      firstChild.data = text;
    }
  } else if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** A text that changes often, and what it is in. */
export interface ITextBox {
  readonly node: HTMLElement;
  readonly text: HTMLElement;
}

/**
 * Make a box for a text that changes often: nothing else is laid out anew for that. There
 * are two, because a box that lies in a grid or a row itself takes that along.
 */
export function textBox(className: string): ITextBox {
  const text = element('span', 'jp-Dask-Monitor-text');
  return { node: element('span', className, text), text };
}

/** A canvas as large as it is shown, and how to draw on it in CSS pixels. */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number
): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

const clocks = [true, false].map(
  seconds =>
    new Intl.DateTimeFormat(undefined, {
      hour: '2-digit',
      minute: '2-digit',
      second: seconds ? '2-digit' : undefined
    })
);

/** A time of the day; `time` in seconds since the epoch. */
export function formatClock(time: number, seconds = true): string {
  return clocks[seconds ? 0 : 1].format(time * 1000);
}
