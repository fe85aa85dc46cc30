// SPDX-License-Identifier: Apache-2.0
// Countries by bytes. The map is a picture of the list beside it, which says the same in words.
import world from 'camwatch:world';
import {el, keepFocus, put, svg} from './dom.js';
import {bytes, country, plural} from './format.js';
import {total} from './model.js';

const LEVELS = 5;
const LABELS = 6;

/** 1 to LEVELS, by the order of magnitude: a camera's kilobytes stay visible beside its gigabytes. */
function levelOf(value, most) {
  const orders = Math.log10(Math.max(most, 10)) - Math.log10(Math.max(value, 1));
  return Math.max(1, LEVELS - Math.floor(orders));
}

function shapeOf(place, props) {
  return place.path ? svg('path', {...props, d: place.path})
    : svg('circle', {...props, cx: place.x, cy: place.y, r: 2.6});
}

function label(sum, place) {
  return svg('text', {x: place.x, y: place.y - 5, class: 'map-label', 'aria-hidden': 'true'},
    `${sum.key} ${bytes(total(sum))}`);
}

/**
 * @param onSelect  called with a country code, or '' when none is chosen any more
 * @return an element with setSums([{key: code, ...}]) and select(code)
 */
export function worldMap(onSelect) {
  const quiet = svg('g', {class: 'land'});
  const loud = svg('g', {class: 'reached'});
  const labels = svg('g', {});
  const picture = svg('svg', {viewBox: `0 0 ${world.width} ${world.height}`, class: 'map', role: 'group',
    'aria-label': 'Map of the countries that devices talk to'}, quiet, loud, labels);
  const missing = el('p', {class: 'note'});
  const root = el('div', {class: 'map-box'}, picture, missing);
  let chosen = '';

  world.others.forEach((d) => quiet.append(svg('path', {d})));
  for (const place of Object.values(world.countries)) {
    if (place.path) {
      quiet.append(svg('path', {d: place.path}));
    }
  }

  function choose(code) {
    root.select(chosen === code ? '' : code);
    onSelect(chosen);
  }

  function drawCountry(sum, most) {
    const place = world.countries[sum.key];
    const name = `${country(sum.key)}: ${bytes(total(sum))}, ${plural(sum.flows, 'flow')}`;
    const shape = shapeOf(place, {
      class: `level-${levelOf(total(sum), most)}${place.path ? '' : ' point'}`,
      'data-key': sum.key, tabindex: '0', role: 'button', 'aria-pressed': 'false', 'aria-label': name,
      onclick: () => choose(sum.key),
      onkeydown: (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          choose(sum.key);
        }
      },
    });
    shape.append(svg('title', {}, name));
    return shape;
  }

  root.setSums = (sums) => keepFocus(root, () => {
    const known = sums.filter((sum) => world.countries[sum.key]);
    const most = known.length > 0 ? total(known[0]) : 0;
    put(loud, known.toReversed().map((sum) => drawCountry(sum, most)));
    put(labels, known.slice(0, LABELS).map((sum) => label(sum, world.countries[sum.key])));
    const unknown = sums.filter((sum) => !world.countries[sum.key]).map((sum) => sum.key);
    put(missing, unknown.length > 0 ? `Not on the map: ${unknown.join(', ')}.` : '');
    root.select(chosen);
  });
  root.select = (code) => {
    chosen = code;
    for (const shape of loud.children) {
      const isChosen = shape.dataset.key === code;
      shape.classList.toggle('chosen', isChosen);
      shape.setAttribute('aria-pressed', String(isChosen));
    }
  };
  return root;
}
