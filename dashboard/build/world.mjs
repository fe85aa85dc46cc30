// SPDX-License-Identifier: Apache-2.0
// The map, drawn once: every country as an SVG path in the Natural Earth projection, so that a browser
// needs no library for it. Countries too small for the outlines (Singapore, Hong Kong, Macao, Malta,
// Bahrain and others) are points at their middle.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {geoCentroid, geoNaturalEarth1, geoPath} from 'd3-geo';
import {feature} from 'topojson-client';
import countries from 'i18n-iso-countries';

export const WIDTH = 960;
export const HEIGHT = 452;
const ANTARCTICA = '010';
const require = createRequire(import.meta.url);

function load(name) {
  const atlas = JSON.parse(readFileSync(require.resolve(`world-atlas/${name}`), 'utf8'));
  return feature(atlas, atlas.objects.countries).features.filter((f) => f.id !== ANTARCTICA);
}

function codeOf(shape) {
  return shape.id ? countries.numericToAlpha2(shape.id) ?? '' : '';
}

const round = (value) => Math.round(value * 10) / 10;

/** {code: {path?, x, y}} and the outlines that have no code of their own. */
export function drawWorld() {
  const coarse = load('countries-110m.json');
  const fine = load('countries-50m.json');
  const projection = geoNaturalEarth1()
    .fitSize([WIDTH, HEIGHT], {type: 'FeatureCollection', features: coarse});
  const path = geoPath(projection).digits(1);
  const world = {width: WIDTH, height: HEIGHT, countries: {}, others: []};
  for (const shape of coarse) {
    const code = codeOf(shape);
    if (!code) {
      world.others.push(path(shape));
      continue;
    }
    const [x, y] = middle(shape, path);
    world.countries[code] = {x, y, path: path(shape)};
  }
  for (const shape of fine) {
    const code = codeOf(shape);
    if (code && !world.countries[code]) {
      const [x, y] = projection(geoCentroid(shape)).map(round);
      world.countries[code] = {x, y};
    }
  }
  return world;
}

// The middle of the largest part: France is not in the Atlantic.
function middle(shape, path) {
  if (shape.geometry.type !== 'MultiPolygon') {
    return path.centroid(shape).map(round);
  }
  const parts = shape.geometry.coordinates.map((coordinates) => ({type: 'Polygon', coordinates}));
  parts.sort((a, b) => path.area(b) - path.area(a));
  return path.centroid(parts[0]).map(round);
}
