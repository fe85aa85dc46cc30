// SPDX-License-Identifier: Apache-2.0
// A table that sorts, searches and shows the first rows of many.
import {el, keepFocus, newId, put, shown} from './dom.js';
import {count} from './format.js';

const FIRST = 50;

/**
 * @param columns  [{title, text(row) -> string, cell(row) -> node or text, number(row), order(row), class}]; text is
 *                 searched and, without number or order (which stands at the left), sorted by
 * @param options  {rows, caption, sort: index, search: bool, words: what is searched at first,
 *                 onSearch(words), empty: what to say of no row, first, key(row): keeps the focus in a
 *                 row that is drawn again}
 * @return an element with setRows(rows) and setFilter(fn)
 */
export function dataTable(columns, options) {
  const state = {rows: options.rows ?? [], filter: null, words: (options.words ?? '').toLowerCase(), sort: options.sort ?? -1,
    isDown: true, limit: options.first ?? FIRST};
  const body = el('tbody');
  const head = el('tr');
  const more = el('div', {class: 'more'});
  const id = newId('search');
  const input = el('input', {id, type: 'search', autocomplete: 'off', value: options.words, oninput: () => {
    state.words = input.value.toLowerCase();
    options.onSearch?.(input.value);
    draw();
  }});
  const scroll = el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': options.caption},
    el('table', {}, el('caption', {class: 'hidden'}, options.caption), el('thead', {}, head), body));
  const root = el('div', {class: 'data-table'},
    options.search && el('div', {class: 'search no-print'}, el('label', {for: id}, 'Search'), input),
    scroll, more);

  const textOf = (column, row) => (column.text ? column.text(row) : String((column.number ?? column.order)(row) ?? ''));

  function visible() {
    let rows = state.filter ? state.rows.filter(state.filter) : [...state.rows];
    if (state.words) {
      rows = rows.filter((row) => columns.some((c) => shown(textOf(c, row)).toLowerCase().includes(state.words)));
    }
    const column = columns[state.sort];
    if (column) {
      const sign = state.isDown ? -1 : 1;
      const compare = column.number ?? column.order
        ? (a, b) => ((column.number ?? column.order)(a) ?? 0) - ((column.number ?? column.order)(b) ?? 0)
        : (a, b) => textOf(column, a).localeCompare(textOf(column, b));
      rows.sort((a, b) => sign * compare(a, b));
    }
    return rows;
  }

  function sortBy(index) {
    state.isDown = state.sort === index ? !state.isDown : Boolean(columns[index].number ?? columns[index].order);
    state.sort = index;
    draw();
  }

  function drawHead() {
    put(head, columns.map((column, i) => el('th', {
      'data-key': `column ${i}`,
      scope: 'col',
      class: column.number ? 'number' : undefined,
      'aria-sort': state.sort === i ? (state.isDown ? 'descending' : 'ascending') : undefined,
    }, el('button', {type: 'button', class: 'sort', onclick: () => sortBy(i)}, column.title,
      el('span', {class: 'arrow', 'aria-hidden': 'true'},
        state.sort === i ? (state.isDown ? ' ▾' : ' ▴') : '')))));
  }

  function drawMore(n) {
    put(more);
    if (n > state.limit) {
      put(more, `${count(state.limit)} of ${count(n)} rows. `,
        el('button', {type: 'button', class: 'link no-print', onclick: () => {
          state.limit *= 4;
          draw();
        }}, 'Show more'));
    }
  }

  const draw = () => keepFocus(root, drawBody);

  function drawBody() {
    const rows = visible();
    drawHead();
    put(body, rows.slice(0, state.limit).map((row) => el('tr', {'data-key': options.key?.(row)}, columns.map((column) =>
      el('td', {class: [column.number ? 'number' : '', column.class ?? ''].join(' ').trim() || undefined,
        'data-title': column.title}, column.cell ? column.cell(row) : textOf(column, row))))));
    if (rows.length === 0) {
      put(body, el('tr', {}, el('td', {colspan: columns.length, class: 'empty'},
        state.words || state.filter ? 'Nothing passes this filter.' : options.empty ?? 'Nothing.')));
    }
    drawMore(rows.length);
  }

  root.setRows = (rows) => {
    state.rows = rows;
    draw();
  };
  root.setFilter = (filter) => {
    state.filter = filter;
    draw();
  };
  draw();
  return root;
}
