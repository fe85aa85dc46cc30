// SPDX-License-Identifier: Apache-2.0
// Device -> service -> country, as wide as the bytes. Thin ones keep a least width, so that a heartbeat
// of a few bytes is seen beside a stream.
import {sankey as layoutOf, sankeyLinkHorizontal} from 'd3-sankey';
import {el, put, shown, svg} from './dom.js';
import {bytes, country} from './format.js';
import {total} from './model.js';

const WIDTH = 900;
const ROW = 34;
const LEAST = 0.35; /* of an equal share of the height */
const KINDS = ['device', 'service', 'country'];
const MOST_NODES = 14; /* a column */

const column = (kind, row) => ({
  device: () => row.owner?.label ?? row.local,
  service: () => row.service || 'not explained',
  country: () => (row.country ? country(row.country) : 'country not known'),
})[kind]();

/** The largest of a column keep their names, the others become one. */
function namer(rows, kind) {
  const sums = new Map();
  rows.forEach((row) => sums.set(column(kind, row), (sums.get(column(kind, row)) ?? 0) + total(row)));
  const kept = new Set([...sums].sort((a, b) => b[1] - a[1]).slice(0, MOST_NODES).map(([name]) => name));
  return (row) => (kept.has(column(kind, row)) ? column(kind, row) : `${sums.size - kept.size} others`);
}

/** Chains of the three names with their bytes. */
function chainsOf(rows) {
  const names = KINDS.map((kind) => namer(rows, kind));
  const chains = new Map();
  for (const row of rows) {
    const parts = names.map((name) => name(row));
    const key = [...parts, row.path].join('\u0000');
    const chain = chains.get(key) ?? {parts, bytes: 0, path: row.path};
    chain.bytes += total(row);
    chains.set(key, chain);
  }
  return [...chains.values()];
}

function tallest(chains) {
  return Math.max(...KINDS.map((_, i) => new Set(chains.map((chain) => chain.parts[i])).size));
}

/* A chain counts at least so much that its ends are not drawn over each other. */
function graphOf(chains) {
  const nodes = new Map();
  const links = new Map();
  const least = LEAST * chains.reduce((sum, chain) => sum + chain.bytes, 0) / tallest(chains);
  for (const chain of chains) {
    const value = Math.max(chain.bytes, least, 1);
    const keys = chain.parts.map((name, i) => `${KINDS[i]}\u0000${name}`);
    keys.forEach((key, i) => {
      const node = nodes.get(key) ?? {key, kind: KINDS[i], name: chain.parts[i], bytes: 0};
      node.bytes += chain.bytes;
      nodes.set(key, node);
    });
    for (let i = 0; i < 2; i++) {
      const key = [keys[i], keys[i + 1], chain.path].join('\u0001');
      const link = links.get(key) ?? {source: keys[i], target: keys[i + 1], bytes: 0, value: 0, path: chain.path};
      link.bytes += chain.bytes;
      link.value += value;
      links.set(key, link);
    }
  }
  return {nodes: [...nodes.values()], links: [...links.values()]};
}

function drawNode(node) {
  const isLast = node.kind === 'country';
  const name = shown(node.name);
  const label = name.length > 34 ? `${name.slice(0, 33)}…` : name;
  return svg('g', {}, svg('title', {}, `${name}: ${bytes(node.bytes)}`),
    svg('rect', {x: node.x0, y: node.y0, width: node.x1 - node.x0, height: Math.max(1, node.y1 - node.y0), class: 'node'}),
    svg('text', {x: isLast ? node.x0 - 6 : node.x1 + 6, y: (node.y0 + node.y1) / 2, dy: '0.35em',
      'text-anchor': isLast ? 'end' : 'start'}, label, svg('tspan', {class: 'dim'}, `  ${bytes(node.bytes)}`)));
}

/** An element with draw(rows). */
export function sankeyChart() {
  const picture = svg('svg', {class: 'sankey', role: 'img'});
  const root = el('div', {class: 'scroll', tabindex: '0', role: 'region',
    'aria-label': 'Devices, services and countries'}, picture);
  root.draw = (rows) => {
    const chains = chainsOf(rows);
    const graph = graphOf(chains);
    put(picture);
    picture.setAttribute('aria-label', graph.links.length === 0 ? 'Nothing to draw'
      : `From ${graph.nodes.filter((n) => n.kind === 'device').length} devices through services to countries; `
        + 'the table of destinations says the same');
    if (graph.links.length === 0) {
      return;
    }
    const height = Math.max(90, tallest(chains) * ROW + 10);
    picture.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
    const {nodes, links} = layoutOf().nodeId((node) => node.key).nodeWidth(7).nodePadding(14)
      .extent([[1, 6], [WIDTH - 1, height - 6]])(graph);
    const line = sankeyLinkHorizontal();
    put(picture,
      svg('g', {class: 'links'}, links.map((link) => svg('path', {d: line(link), class: `line-${link.path || 'none'}`,
        'stroke-width': Math.max(1.5, link.width)},
      svg('title', {}, `${shown(link.source.name)} → ${shown(link.target.name)}: ${bytes(link.bytes)}`)))),
      svg('g', {}, nodes.map(drawNode)));
  };
  return root;
}
