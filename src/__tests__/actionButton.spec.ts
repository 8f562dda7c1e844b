import { actionButton } from '../widgets/actionButton';

describe('actionButton', () => {
  it('does what it says at each click, and never stays pressed', () => {
    let done = 0;
    const button = actionButton({ onClick: () => (done += 1) });
    const pressed: boolean[] = [];
    for (let click = 0; click < 3; click++) {
      button.onClick();
      pressed.push(button.pressed);
    }
    button.dispose();
    expect(done).toBe(3);
    expect(pressed).toEqual([false, false, false]);
  });
});
