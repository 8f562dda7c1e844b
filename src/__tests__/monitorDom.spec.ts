import { element, setText, textBox } from '../widgets/monitor/dom';

describe('setText', () => {
  it('keeps the text node, so that little is laid out anew', () => {
    const node = element('span', '');
    setText(node, 'one');
    const { firstChild } = node;
    setText(node, 'two');
    expect(node.textContent).toBe('two');
    expect(node.firstChild).toBe(firstChild);
  });

  it('replaces whatever else was there', () => {
    const node = element('span', '', element('b', '', 'one'), 'two');
    setText(node, 'three');
    expect(node.innerHTML).toBe('three');
    setText(node, '');
    expect(node.textContent).toBe('');
  });
});

test('a box for a text has a box of its own around it', () => {
  const { node, text } = textBox('jp-Some');
  setText(text, '1 %');
  expect(node.className).toBe('jp-Some');
  expect(node.firstElementChild).toBe(text);
  expect(node.textContent).toBe('1 %');
});
