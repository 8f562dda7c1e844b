import type { Visibility } from './visibility';

/**
 * Load what a widget shows when a person first sees it: its code and its styles come then,
 * not with the page. What could not be loaded is tried again when it is seen again.
 */
export function onFirstSight(
  visibility: Visibility,
  load: () => Promise<void>
): void {
  let loading = false;
  const look = async (): Promise<void> => {
    if (loading || !visibility.visible) {
      return;
    }
    loading = true;
    try {
      await load();
      visibility.changed.disconnect(look);
    } catch {
      // Whoever loads says what is wrong.
      loading = false;
    }
  };
  visibility.changed.connect(look);
}
