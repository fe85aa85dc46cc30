// SPDX-License-Identifier: Apache-2.0
// Whether the sensors see, keep and deliver what they should: losses first.
import {el, put} from '../lib/dom.js';
import {bytes, count, span, time} from '../lib/format.js';

const STATS = 'camwatch.stats.';
const LOSS_WARN = 0.01;

/* Frames that no monitor handled. */
const UNSEEN = {kernel: 'kernel_drops', interface: 'interface_drops', 'with a process that ended': 'process_losses'};

/** Parts of what is lost: [{reason, count, share}]. */
export function lossesOf(stats) {
  const unseen = Object.entries(UNSEEN).map(([reason, field]) => ({reason, count: stats?.[STATS + field] ?? 0}));
  const frames = unseen.reduce((sum, loss) => sum + loss.count, stats?.[`${STATS}packets`] ?? 0);
  const drops = [stats?.[`${STATS}drops`] ?? []].flat().map((text) => {
    const [reason, number] = text.split('=');
    return {reason, count: Number(number) || 0};
  });
  return [...unseen, ...drops].filter((loss) => loss.count > 0)
    .map((loss) => ({...loss, share: loss.count / Math.max(1, frames)}))
    .sort((a, b) => b.count - a.count);
}

const age = (stats) => (Date.now() - Date.parse(stats['@timestamp'])) / 1000;

export function stateOf(sensor) {
  if (!sensor.stats?.['@timestamp']) {
    return {word: 'has sent no statistics', grade: 'warn'};
  }
  if (sensor.stale && sensor.name.startsWith('replay-')) {
    return {word: 'a replay, finished', grade: 'good'};
  }
  if (sensor.stale) {
    return {word: `silent for ${span(Math.max(0, age(sensor.stats)))}`, grade: 'bad'};
  }
  const lost = lossesOf(sensor.stats).find((loss) => loss.share > LOSS_WARN && loss.reason in UNSEEN);
  return lost ? {word: `loses ${(100 * lost.share).toFixed(1)} % of frames`, grade: 'bad'} : {word: 'alive', grade: 'good'};
}

function fact(name, value) {
  return value === '' ? null : el('div', {}, el('dt', {}, name), el('dd', {}, value));
}

function lossTable(losses) {
  if (losses.length === 0) {
    return el('p', {class: 'good'}, 'Nothing was lost.');
  }
  return el('table', {}, el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'Lost, or not followed'),
    el('th', {scope: 'col', class: 'number'}, 'Count'), el('th', {scope: 'col', class: 'number'}, 'Of all frames'))),
  el('tbody', {}, losses.map((loss) => el('tr', {},
    el('td', {'data-title': 'Reason', class: loss.share > LOSS_WARN ? 'warn' : ''}, loss.reason),
    el('td', {'data-title': 'Count', class: 'number'}, count(loss.count)),
    el('td', {'data-title': 'Of all frames', class: 'number'}, `${(100 * loss.share).toFixed(2)} %`)))));
}

function card(sensor, gaps) {
  const stats = sensor.stats ?? {};
  const n = (name) => count(stats[STATS + name] ?? 0);
  const {word, grade} = stateOf(sensor);
  return el('section', {class: 'card', 'aria-label': sensor.name},
    el('h2', {class: 'wire'}, sensor.name, ' ', el('span', {class: grade}, word)),
    el('dl', {class: 'facts'},
      fact('Last heard (UTC)', time(stats['@timestamp']) || 'never'),
      fact('Interface', stats['observer.ingress.interface.name'] ?? ''),
      fact('Version', stats['observer.version'] ?? ''),
      fact('Frames', n('packets')), fact('Parsed', n('parsed')), fact('Bytes', bytes(stats[`${STATS}bytes`] ?? 0)),
      fact('Flows now', n('flows')), fact('Flows opened', n('flows_new')), fact('Devices', n('devices')),
      fact('Events made', n('events')), fact('Cut frames', stats[`${STATS}truncated`] > 0
        ? el('span', {class: 'warn'}, `${n('truncated')}: names behind the cut are missed`) : '0')),
    lossTable(lossesOf(stats)),
    sensor.streams ? el('p', {class: 'note'}, 'In Redis: ', Object.entries(sensor.streams).map(([name, s]) =>
      `${name} ${count(s.length)}`).join(' · ')) : null,
    gaps.map((gap) => el('p', {class: 'warn'}, gap.reason === 'trimmed'
      ? `Events of ${gap.stream} between ${gap.after} and ${gap.before ?? 'now'} had left Redis before this page saw them.`
      : `The stream ${gap.stream} was deleted or rolled back in Redis and begins anew.`)));
}

export function sensorsView(app) {
  const cards = el('div', {});
  const root = el('div', {}, el('h1', {}, 'Sensors'),
    el('p', {class: 'note'}, 'What a sensor did not see or keep, it cannot tell of: these numbers belong to every other page.'), cards);
  root.update = () => {
    const {sensor} = app.route.filters;
    const shown = [...app.store.sensors.values()].filter((s) => !sensor || s.name === sensor);
    put(cards, shown.length === 0 ? el('p', {class: 'empty'}, 'Redis has no sensor yet. Start one with camwatch live --redis URL, '
      + 'or replay a capture with camwatch replay FILE --redis URL.')
      : shown.map((s) => card(s, app.store.gaps.filter((gap) => gap.sensor === s.name))));
  };
  return root;
}
