import { onDragStart } from '../widgets/dragstart';

describe('onDragStart', () => {
  const move = (x: number): void => {
    const event = new MouseEvent('pointermove', { clientX: x, clientY: 0 });
    document.dispatchEvent(event);
  };
  const up = (): void => {
    document.dispatchEvent(new MouseEvent('pointerup'));
  };

  it('begins once the pointer has moved far enough, and only once', () => {
    const begin = jest.fn(() => true);
    onDragStart({ clientX: 0, clientY: 0 }, begin);
    move(3);
    expect(begin).not.toHaveBeenCalled();
    move(10);
    move(20);
    expect(begin).toHaveBeenCalledTimes(1);
  });

  it('takes no notice of the move that a drag begins with', () => {
    const begin = jest.fn(() => {
      move(10);
      return true;
    });
    onDragStart({ clientX: 0, clientY: 0 }, begin);
    move(10);
    expect(begin).toHaveBeenCalledTimes(1);
  });

  it('asks again while it cannot begin, until the pointer is up', () => {
    const begin = jest.fn(() => false);
    onDragStart({ clientX: 0, clientY: 0 }, begin);
    move(10);
    move(11);
    up();
    move(12);
    expect(begin).toHaveBeenCalledTimes(2);
  });
});
