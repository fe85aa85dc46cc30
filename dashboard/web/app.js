// SPDX-License-Identifier: Apache-2.0
// The live page: what sensors write to Redis, as it happens.
import {ApiError, follow, getEvents, getSensors, getState, getSums} from './lib/api.js';
import {el, put} from './lib/dom.js';
import {makeRoute, parseRoute} from './lib/route.js';
import {Store} from './lib/store.js';
import {themeButton} from './lib/theme.js';
import {alertsView, destinationsView, feedView} from './views/lists.js';
import {devicesView} from './views/devices.js';
import {deviceView} from './views/device.js';
import {overviewView} from './views/overview.js';
import {sensorsView, stateOf} from './views/sensors.js';

const VIEWS = {overview: overviewView, devices: devicesView, destinations: destinationsView, alerts: alertsView,
  events: feedView, sensors: sensorsView, device: deviceView};
const TABS = {overview: 'Overview', devices: 'Devices', destinations: 'Destinations', alerts: 'Alerts', events: 'Events',
  sensors: 'Sensors'};
const DRAW_MS = 400;
const AGAIN_MS = 3000;
const SENSORS_MS = 15000;
const TOPS_MS = 60000;
const MAX_SENSORS = 16;
const PAGE = 1000;
const PAGES = 10; /* of flows, fetched from behind once the page stands */

const app = {store: new Store(), route: parseRoute(location.hash), problem: null, link: 'waiting'};

/* ---- the frame around the views ---- */

const nav = el('nav', {class: 'contents', 'aria-label': 'Views'});
const choice = el('select', {id: 'sensor', onchange: () => {
  location.hash = makeRoute({...app.route, filters: {...app.route.filters, sensor: choice.value}});
}});
const link = el('span', {class: 'link-state', role: 'status'});
const banner = el('div', {class: 'banner', role: 'alert'});
const health = el('div', {class: 'health'});
const main = el('main', {id: 'main', tabindex: '-1'});
let view = null;
let drawnVersion = -1;

function drawNav() {
  const filters = {sensor: app.route.filters.sensor};
  put(nav, Object.entries(TABS).map(([name, title]) => el('a', {href: makeRoute({view: name, filters}),
    'aria-current': app.route.view === name || (name === 'devices' && app.route.view === 'device') ? 'page' : undefined}, title)));
}

function drawChoice() {
  const names = [...app.store.sensors.keys()].sort();
  if (choice.dataset.names !== names.join()) {
    choice.dataset.names = names.join();
    put(choice, el('option', {value: ''}, names.length === 1 ? names[0] : 'all sensors'),
      names.length > 1 ? names.map((name) => el('option', {value: name}, name)) : []);
  }
  choice.value = app.route.filters.sensor ?? '';
}

const LINKS = {live: 'live', waiting: 'connecting', lost: 'connection lost, trying again', closed: 'connection lost, trying again'};

function drawLink() {
  redraw(link, app.link, () => {
    link.className = `link-state ${app.link}`;
    put(link, LINKS[app.link]);
  });
  redraw(banner, app.problem, () => {
    banner.hidden = !app.problem;
    put(banner, app.problem ? [el('b', {}, app.problem.text), ' ', app.problem.todo] : '');
  });
}

/* Losses and silence stand above every view. */
function drawHealth() {
  const lines = [...app.store.sensors.values()].map((sensor) => ({sensor, state: stateOf(sensor)}))
    .filter(({state}) => state.grade !== 'good');
  const gaps = app.store.gaps.length;
  redraw(health, [lines.map(({sensor, state}) => [sensor.name, state.word]), gaps], () => {
    health.hidden = lines.length === 0 && gaps === 0;
    put(health, lines.slice(0, 3).map(({sensor, state}) => el('span', {class: state.grade},
      el('a', {href: makeRoute({view: 'sensors'})}, sensor.name), ` ${state.word}`, ' ')),
    lines.length > 3 ? el('span', {class: 'warn'}, `and ${lines.length - 3} more sensors `) : '',
    gaps > 0 ? el('span', {class: 'warn'}, el('a', {href: makeRoute({view: 'sensors'})}, `${gaps} gaps in the events`)) : '');
  });
}

function show() {
  app.route = parseRoute(location.hash);
  if (!VIEWS[app.route.view]) {
    app.route = {view: 'overview', id: '', filters: {}};
  }
  drawNav();
  drawChoice();
  view = VIEWS[app.route.view](app);
  main.replaceChildren(view);
  document.title = `${TABS[app.route.view] ?? 'Device'} · camwatch`;
  draw(true);
}

function go() {
  show();
  main.focus({preventScroll: true});
  scrollTo(0, 0);
}

/* Draw only what is new: what is announced is announced once, and links keep the focus. */
function redraw(element, content, draw) {
  const key = JSON.stringify(content);
  if (element.dataset.drawn !== key) {
    element.dataset.drawn = key;
    draw();
  }
}

/* However much there is to draw and however slow the machine, most of the time is left for the reader. */
let drawAgainAt = 0;
const DRAW_SHARE = 5;

function draw(isForced = false) {
  const began = performance.now();
  if (!isForced && (document.hidden || began < drawAgainAt)) {
    return;
  }
  drawLink();
  drawHealth();
  if (isForced || drawnVersion !== app.store.version) {
    drawnVersion = app.store.version;
    drawChoice();
    view.update();
    drawAgainAt = performance.now() + DRAW_SHARE * (performance.now() - began);
  }
}

function complain(error) {
  app.problem = error instanceof ApiError ? {text: error.message, todo: error.todo}
    : {text: String(error.message ?? error), todo: 'This page tries again by itself.'};
  drawLink();
}

/* ---- what comes in ---- */

let stop = () => {};

async function loadSensors() {
  const {sensors} = await getSensors();
  sensors.forEach(({name, heartbeat, stale}) => app.store.putSensor(name, {stats: heartbeat, stale}));
  return sensors.map((sensor) => sensor.name).slice(0, MAX_SENSORS);
}

async function loadPage(sensor, stream, size, before) {
  const page = await getEvents(sensor, stream, size, before);
  app.store.putOld(stream, page.events, sensor);
  return page.events;
}

async function loadSensor(sensor) {
  const state = await getState(sensor);
  app.store.putState(sensor, state);
  await Promise.all([loadPage(sensor, 'alerts', 200), loadPage(sensor, 'flows', PAGE), loadPage(sensor, 'devices', 200)]);
  draw();
  return state.live;
}

/* Further back, a page at a time, when there is nothing better to do. */
async function loadPast(sensor) {
  let page = await loadPage(sensor, 'flows', 1);
  let oldest = [...app.store.events].reverse().find((e) => e.stream === 'flows' && e.sensor === sensor)?.id ?? page[0]?.id;
  for (let i = 1; i < PAGES && oldest; i++) {
    page = await loadPage(sensor, 'flows', PAGE, oldest);
    oldest = page.length === PAGE ? page[0].id : undefined;
  }
}

function listen(names, places) {
  stop();
  stop = follow(names, places.every(Boolean) ? places.join('~') : '', {
    event: (stream, data) => app.store.putEvent(stream, data, data.sensor ?? data['observer.name']),
    gap: (gap) => {
      app.store.gaps.push(gap);
      app.store.version++;
    },
    away: (data) => {
      app.problem = data ? {text: data.error, todo: data.what_to_do} : null;
      drawLink();
    },
    state: (state) => {
      app.link = state;
      if (state === 'live') {
        app.problem = null;
        draw(true);
      }
      drawLink();
      if (state === 'closed') { /* the browser gives up after an answer that is no stream */
        setTimeout(start, AGAIN_MS);
      }
    },
  });
}

async function start() {
  try {
    const names = await loadSensors();
    app.problem = null;
    if (names.length === 0) {
      app.link = 'waiting';
      app.store.version++;
      draw();
      setTimeout(start, AGAIN_MS);
      return;
    }
    const places = await Promise.all(names.map(loadSensor));
    listen(names, places);
    start.names = names.join();
    names.forEach((name) => loadPast(name).catch(complain));
  } catch (error) {
    complain(error);
    setTimeout(start, AGAIN_MS);
  }
}

/* The sensors' own sums go on without an event that says so. */
async function lookAtSums() {
  try {
    for (const name of app.store.sensors.keys()) {
      const {tops, minutes, streams} = await getSums(name);
      app.store.putSensor(name, {tops, minutes, streams});
    }
  } catch (error) {
    complain(error);
  }
}

/* Heartbeats go stale without an event, and sensors come. */
async function look() {
  try {
    const names = await loadSensors();
    if (start.names !== undefined && names.join() !== start.names) {
      stop();
      await start();
    }
  } catch (error) {
    complain(error);
  }
}

document.body.append(
  el('a', {href: '#main', class: 'skip', onclick: (event) => {
    event.preventDefault();
    main.focus();
  }}, 'To the content'),
  el('header', {class: 'bar-top'}, el('span', {class: 'brand'}, el('span', {class: 'eye', 'aria-hidden': 'true'}), 'camwatch'),
    link, el('label', {for: 'sensor', class: 'hidden'}, 'Sensor'), choice, themeButton()),
  nav, banner, health, main,
  el('footer', {class: 'dim'}, 'A country is where an address is registered. Unless a sensor uses another database: '
    + 'IPFire Location database (location.ipfire.org), CC BY-SA 4.0. Map: Natural Earth.'));
addEventListener('hashchange', go);
document.addEventListener('visibilitychange', () => draw());
setInterval(draw, DRAW_MS);
setInterval(look, SENSORS_MS);
setInterval(lookAtSums, TOPS_MS);
show();
start();
