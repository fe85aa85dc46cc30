// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium with a profile of its own that is thrown away, and without a network of its own.
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const screens = join(root, 'build/screens');
const EXECUTABLE = process.env.CAMWATCH_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const program = process.env.CAMWATCH_PROGRAM ?? join(root, 'build/release/host/camwatch');
export const hasBrowser = existsSync(EXECUTABLE);

/** Run with a browser; it and its profile are gone afterwards. */
export async function withBrowser(options, run) {
  const profile = mkdtempSync(join(tmpdir(), 'camwatch-chromium-'));
  mkdirSync(screens, {recursive: true});
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE, args: FLAGS, chromiumSandbox: false, viewport: {width: 1280, height: 900},
    timezoneId: 'UTC', locale: 'en-US', bypassCSP: false, ...options,
  });
  try {
    return await run(context);
  } finally {
    await context.close();
    rmSync(profile, {recursive: true, force: true});
  }
}

/** A page that keeps what it complained of: {page, problems}. */
export async function openPage(context, url) {
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  await page.goto(url);
  return {page, problems};
}

export async function shoot(page, name, options = {}) {
  await page.screenshot({path: join(screens, `${name}.png`), ...options});
}

/** Findings of axe-core that matter: serious and critical ones. Injected by the debugger, past the policy. */
export async function seriousFindings(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', {expression: readFileSync(AXE, 'utf8')});
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} (${n.failureSummary})`).join(' | ')}`);
}
