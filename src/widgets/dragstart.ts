/** So many pixels make a drag of a click. */
const THRESHOLD = 5;

/**
 * Call `begin` once the pointer that is down has moved far enough to mean a drag.
 * `begin` answers whether it could; while it cannot, it is asked again.
 */
export function onDragStart(
  down: { clientX: number; clientY: number },
  begin: (move: PointerEvent) => boolean
): void {
  const { clientX, clientY } = down;
  let begun = false;
  const onMove = (move: PointerEvent): void => {
    const far = Math.hypot(move.clientX - clientX, move.clientY - clientY);
    if (begun || far < THRESHOLD) {
      return;
    }
    // Lumino's drags begin with a move of their own, which comes here, too.
    begun = true;
    begun = begin(move);
    if (begun) {
      stop();
    }
  };
  const stop = (): void => {
    document.removeEventListener('pointermove', onMove, true);
    document.removeEventListener('pointerup', stop, true);
    document.removeEventListener('pointercancel', stop, true);
  };
  document.addEventListener('pointermove', onMove, true);
  document.addEventListener('pointerup', stop, true);
  document.addEventListener('pointercancel', stop, true);
}
