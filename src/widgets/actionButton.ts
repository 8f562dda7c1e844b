import { ToolbarButton } from '@jupyterlab/ui-components';

type Props = ConstructorParameters<typeof ToolbarButton>[0];

/**
 * A button of a toolbar that does something. JupyterLab takes each for a switch: with every
 * other click it would stay pressed.
 */
export function actionButton(
  props: Props & { onClick: () => void }
): ToolbarButton {
  const button = new ToolbarButton({
    ...props,
    onClick: () => {
      button.pressed = false;
      props.onClick();
    }
  });
  return button;
}
