// SPDX-License-Identifier: Apache-2.0
// Bytes over time: sent upwards, received downwards, stacked by path. An SVG that stretches, with its
// labels beside it, so that it is sharp on a phone and on paper.
import {el, put, svg} from './dom.js';
import {bytes, clock, time} from './format.js';
import {PATHS, pathName} from './model.js';
import {pathTag} from './tags.js';

const HEIGHT = 100; /* of each half */
const MARKS = 5;

function niceTop(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  const factor = [1, 2, 5, 10].find((f) => f * power >= most);
  return factor * power;
}

function stack(byPath, side, steps) {
  const base = Array(steps).fill(0);
  return PATHS.filter((path) => byPath[path]).map((path) => {
    const from = [...base];
    byPath[path][side].forEach((value, i) => { base[i] += value; });
    return {path, from, to: [...base]};
  });
}

/* Bars without gaps as one path: it prints in one colour and needs one element. */
function barsPath(layer, top, sign) {
  const y = (value) => (sign * -HEIGHT * value / top).toFixed(2);
  return layer.to.map((to, i) => (to > layer.from[i]
    ? `M${i} ${y(layer.from[i])}V${y(to)}h1V${y(layer.from[i])}z` : '')).join('');
}

function half(byPath, side, steps, top) {
  return stack(byPath, side, steps).map((layer) =>
    svg('path', {class: `fill-${layer.path || 'none'}`, d: barsPath(layer, top, side === 'out' ? 1 : -1)}));
}

function mostOf(byPath, side, steps) {
  const layers = stack(byPath, side, steps);
  return layers.length > 0 ? Math.max(...layers.at(-1).to) : 0;
}

function marks(timeline) {
  const start = Date.parse(timeline.start);
  const seconds = timeline.steps * timeline.step_s;
  return Array.from({length: MARKS}, (_, i) => {
    const at = new Date(start + 1000 * seconds * i / (MARKS - 1)).toISOString();
    const mark = el('span', {}, seconds > 86400 ? time(at).slice(5, 16) : clock(at));
    mark.style.left = `${100 * i / (MARKS - 1)}%`;
    return mark;
  });
}

/** What the whole picture says, for those who do not see it. */
function inWords(byPath, timeline) {
  const parts = PATHS.filter((path) => byPath[path]).map((path) => {
    const sum = (values) => values.reduce((a, b) => a + b, 0);
    return `${pathName(path)} ${bytes(sum(byPath[path].out))} sent, ${bytes(sum(byPath[path].in))} received`;
  });
  return `Bytes from ${time(timeline.start)} UTC on, in steps of ${timeline.step_s} s: ${parts.join('; ') || 'none'}`;
}

/** An element with draw(timeline, byPath). */
export function timelineChart() {
  const picture = svg('svg', {class: 'timeline', preserveAspectRatio: 'none', role: 'img'});
  const axis = el('div', {class: 'axis', 'aria-hidden': 'true'});
  const up = el('span', {class: 'scale up'});
  const down = el('span', {class: 'scale down'});
  const legend = el('div', {class: 'legend'});
  const root = el('div', {class: 'timeline-box'}, legend,
    el('div', {class: 'plot'}, picture, up, down), axis);

  root.draw = (timeline, byPath) => {
    const {steps} = timeline;
    const top = niceTop(Math.max(mostOf(byPath, 'out', steps), mostOf(byPath, 'in', steps)));
    picture.setAttribute('viewBox', `0 ${-HEIGHT} ${Math.max(steps, 1)} ${2 * HEIGHT}`);
    picture.setAttribute('aria-label', inWords(byPath, timeline));
    put(picture, half(byPath, 'out', steps, top), half(byPath, 'in', steps, top),
      svg('path', {class: 'zero', d: `M0 0H${Math.max(steps, 1)}`, 'vector-effect': 'non-scaling-stroke'}));
    const rate = `${bytes(top)} in ${timeline.step_s} s`;
    put(up, `↑ sent, ${rate}`);
    put(down, `↓ received, ${rate}`);
    put(axis, marks(timeline));
    const paths = PATHS.filter((path) => byPath[path]);
    put(legend, paths.length === 1 && paths[0] === '' ? [] : paths.map(pathTag));
  };
  return root;
}
