// SPDX-License-Identifier: Apache-2.0
// What is shown and what it is filtered by, in the part of the URL behind #: it can be sent to somebody.

/** "#/devices?q=dahua" -> {view: 'devices', id: '', filters: {q: 'dahua'}}. */
export function parseRoute(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view, ...rest] = path.split('/');
  return {view: view || 'overview', id: decode(rest.join('/')), filters: Object.fromEntries(new URLSearchParams(query))};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; /* a URL that somebody wrote by hand */
  }
}

export function makeRoute({view, id = '', filters = {}}) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ''}${query ? `?${query}` : ''}`;
}

/** Change filters without a new entry in the history. */
export function setFilters(changes) {
  const route = parseRoute(location.hash);
  history.replaceState(null, '', makeRoute({...route, filters: {...route.filters, ...changes}}));
  return parseRoute(location.hash);
}
