// SPDX-License-Identifier: Apache-2.0
// The server's answers. A failure says what is wrong and what to do.

export class ApiError extends Error {
  constructor(text, todo) {
    super(text);
    this.todo = todo;
  }
}

async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  let response;
  try {
    response = await fetch(`api/${path}${query ? `?${query}` : ''}`);
  } catch {
    throw new ApiError('The dashboard server does not answer.',
      'See that camwatch dashboard runs. This page tries again by itself.');
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(body.error ?? `The server answered ${response.status}.`,
      body.what_to_do ?? 'This page tries again by itself.');
  }
  return body;
}

export const getSensors = () => get('sensors');

/** All pages of a sensor's state as one. */
export async function getState(sensor) {
  const state = await get('state', {sensor});
  for (let next = state.next; next; ) {
    const page = await get('state', {sensor, offset: next});
    state.devices.push(...page.devices);
    next = page.next;
  }
  return state;
}

/** What a sensor has summed up itself, with one device at most. */
export const getSums = (sensor) => get('state', {sensor, count: 1});

/** Events of a stream, oldest first: those before an ID, or the latest. */
export const getEvents = (sensor, stream, count, before) =>
  get('events', {sensor, stream, count, ...(before ? {before} : {})});

/**
 * Follow sensors.
 *
 * @param from  places to go on from, one a sensor
 * @param on    {event(stream, data), gap(data), away(data or null), state('live'|'lost')}
 * @return close()
 */
export function follow(sensors, from, on) {
  const query = new URLSearchParams(sensors.map((name) => ['sensor', name]));
  if (from) {
    query.set('from', from);
  }
  const source = new EventSource(`api/live?${query}`);
  const listen = (name, call) => source.addEventListener(name, (e) => call(JSON.parse(e.data)));
  for (const stream of ['alerts', 'devices', 'flows', 'stats']) {
    listen(stream, (data) => on.event(stream, data));
  }
  listen('gap', on.gap);
  listen('redis-away', on.away);
  listen('redis-back', () => on.away(null));
  source.onopen = () => on.state('live');
  source.onerror = () => on.state(source.readyState === EventSource.CLOSED ? 'closed' : 'lost');
  return () => source.close();
}
