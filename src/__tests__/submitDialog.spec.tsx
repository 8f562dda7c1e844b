import { ReactWidget } from '@jupyterlab/apputils';
import React, { act } from 'react';

import { ISubmitBody, SubmitDialog } from '../widgets/submitDialog';
import { settle } from './fakes';

class Body extends ReactWidget implements ISubmitBody {
  readonly valid = true;

  refuse = (): void => undefined;

  protected render(): JSX.Element {
    return <input aria-label="Name" />;
  }
}

it('goes around in a circle with Tab, whether it can be submitted or not', async () => {
  (
    globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
  ).IS_REACT_ACT_ENVIRONMENT = true;
  const dialog = new SubmitDialog({
    title: 'New cluster',
    body: new Body(),
    accept: 'Create',
    submit: async () => null
  });
  await act(async () => {
    void dialog.launch();
    await settle();
  });
  const [cancel, create] = [
    ...dialog.node.querySelectorAll<HTMLButtonElement>(
      '.jp-Dialog-footer button'
    )
  ];
  const after = (button: HTMLElement): string | null | undefined => {
    button.focus();
    const init = { key: 'Tab', bubbles: true, cancelable: true };
    button.dispatchEvent(new KeyboardEvent('keydown', init));
    return document.activeElement?.getAttribute('aria-label');
  };
  expect(after(create)).toBe('Name');
  create.disabled = true;
  expect(after(cancel)).toBe('Name');
  await act(async () => dialog.resolve(0));
});
