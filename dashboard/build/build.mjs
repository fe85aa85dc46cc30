// SPDX-License-Identifier: Apache-2.0
// Bundles web/ into dist/, which is checked in so that building the program needs no Node.
//   node build/build.mjs           write dist/
//   node build/build.mjs --check   compare; exit status 1 when dist/ is not what web/ makes
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {drawWorld} from './world.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const MARKER = '@@CAMWATCH-DATA@@';
const BUNDLED = ['d3-sankey', 'd3-array', 'd3-shape', 'd3-path', 'world-atlas'];

const world = {
  name: 'world',
  setup(builder) {
    builder.onResolve({filter: /^camwatch:world$/}, () => ({path: 'world', namespace: 'world'}));
    builder.onLoad({filter: /.*/, namespace: 'world'},
      () => ({contents: JSON.stringify(drawWorld()), loader: 'json'}));
  },
};

/** What rules/lists say a list is: events name lists, and no more. */
function readLists() {
  const folder = join(root, '../rules/lists');
  return Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const value = (key) => new RegExp(`^${key}: *"?([^"\n]*)"?$`, 'm').exec(text)?.[1];
    return [value('list'), {kind: value('kind'), title: value('title')}];
  }));
}

const lists = {
  name: 'lists',
  setup(builder) {
    builder.onResolve({filter: /^camwatch:lists$/}, () => ({path: 'lists', namespace: 'lists'}));
    builder.onLoad({filter: /.*/, namespace: 'lists'},
      () => ({contents: JSON.stringify(readLists()), loader: 'json'}));
  },
};

async function bundle(entry) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [world, lists],
  });
  return result.outputFiles[0].text.trimEnd();
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** One file, nothing loaded from anywhere: a strict policy with the hashes of what is inline. */
async function reportPage() {
  const script = (await bundle('web/report.js')).replaceAll('</script', '<\\/script');
  const style = await bundle('web/report.css');
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; `
    + "img-src data:; base-uri 'none'; form-action 'none'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>camwatch report</title>
<style>${style}</style>
</head>
<body>
<noscript>This report draws itself with a script that is part of this file. The data are in it as JSON.</noscript>
<script type="application/json" id="data">${MARKER}</script>
<script>${script}</script>
</body>
</html>
`;
}

function licences() {
  const parts = ['What dist/ is made of besides camwatch itself (Apache-2.0).\n'];
  for (const name of BUNDLED) {
    const folder = join(root, 'node_modules', name);
    const {version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].map((n) => join(folder, n)).find(existsSync);
    parts.push(`${'='.repeat(72)}\n${name} ${version} (${license})\n\n${readFileSync(file, 'utf8').trim()}\n`);
  }
  parts.push(`${'='.repeat(72)}\nThe outlines of countries in world-atlas are made with Natural Earth, `
    + 'which is in the public domain.\n');
  return parts.join('\n');
}

async function outputs() {
  const files = {'report.html': await reportPage(), 'LICENSES.txt': licences()};
  if (existsSync(join(root, 'web/app.js'))) {
    files['app.js'] = `${await bundle('web/app.js')}\n`;
    files['app.css'] = `${await bundle('web/app.css')}\n`;
    files['index.html'] = readFileSync(join(root, 'web/index.html'), 'utf8');
  }
  return files;
}

function check(files) {
  let status = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'dist', name);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      console.error(`dist/${name} is not what web/ makes: run npm run build`);
      status = 1;
    }
  }
  return status;
}

const files = await outputs();
if (process.argv.includes('--check')) {
  process.exit(check(files));
}
mkdirSync(join(root, 'dist'), {recursive: true});
for (const [name, text] of Object.entries(files)) {
  writeFileSync(join(root, 'dist', name), text);
  console.log(`dist/${name}  ${Math.ceil(text.length / 1024)} kB`);
}
