import { Page } from '@playwright/test';

interface IDrawn extends Window {
  drawn?: number;
}

/**
 * Have each plot note when it has a canvas. Playwright itself looks only every half a second
 * after a while.
 */
export async function noteDrawn(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (!location.pathname.includes('/individual-')) {
      return;
    }
    // Bokeh draws below shadow roots.
    const hasCanvas = (root: ParentNode): boolean =>
      [...root.querySelectorAll('*')].some(
        it =>
          it.tagName === 'CANVAS' ||
          (it.shadowRoot !== null && hasCanvas(it.shadowRoot))
      );
    const look = (): void => {
      if (hasCanvas(document)) {
        (window as IDrawn).drawn = Date.now();
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
}

/** When the plot that is shown had a canvas. */
export async function drawnAt(page: Page): Promise<number> {
  const frame = page.frames().find(it => it.url().includes('/individual-'));
  return frame!.evaluate(() => (window as IDrawn).drawn!);
}
