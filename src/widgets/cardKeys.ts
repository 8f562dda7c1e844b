import type React from 'react';

/** Arrow keys, Home and End move from card to card. */
export function onListKeyDown(
  event: React.KeyboardEvent<HTMLUListElement>
): void {
  const cards = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('.jp-Dask-card-select')
  ];
  const at = cards.findIndex(card =>
    card.closest('.jp-Dask-card')?.contains(event.target as Node)
  );
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: cards.length - 1
  };
  const to = cards[moves[event.key]];
  if (to) {
    event.preventDefault();
    to.focus();
  }
}
