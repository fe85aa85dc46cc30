// SPDX-License-Identifier: Apache-2.0
// A list with a bar a row: what is big, at a glance.
import {el, keepFocus, put} from './dom.js';
import {bytes} from './format.js';
import {total} from './model.js';

/**
 * @param options  {title, name(key) -> node or text, onSelect(key), first, empty, rest(n) -> text}
 * @return an element with setSums(sums) and select(key)
 */
export function barList(options) {
  const list = el('ol', {class: 'bars'});
  const rest = el('p', {class: 'note'});
  const sayRest = options.rest ?? ((n) => `and ${n} more in the table`);
  const root = el('div', {class: 'bar-box'}, el('h3', {}, options.title), list, rest);
  let chosen = '';

  function item(sum, most) {
    const bar = el('span', {class: 'bar', 'aria-hidden': 'true'});
    bar.style.width = `${Math.max(0.5, 100 * total(sum) / Math.max(most, 1))}%`;
    return el('li', {}, el('button', {type: 'button', class: 'bar-row', 'aria-pressed': 'false',
      'data-key': sum.key, onclick: () => {
        root.select(chosen === sum.key ? '' : sum.key);
        options.onSelect(chosen);
      }},
    el('span', {class: 'bar-name'}, options.name(sum.key)),
    el('span', {class: 'bar-value'}, bytes(total(sum))), bar));
  }

  root.setSums = (sums) => keepFocus(root, () => {
    const first = options.first ?? 8;
    put(list, sums.slice(0, first).map((sum) => item(sum, total(sums[0]))));
    put(rest, sums.length === 0 ? options.empty ?? 'None.'
      : sums.length > first ? sayRest(sums.length - first) : '');
    root.select(chosen);
  });
  root.select = (key) => {
    chosen = key;
    list.querySelectorAll('button').forEach((button) =>
      button.setAttribute('aria-pressed', String(button.dataset.key === key && key !== '')));
  };
  return root;
}
