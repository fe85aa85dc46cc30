// SPDX-License-Identifier: Apache-2.0
// Light or dark as the system says, or as was asked for here.
import {el} from './dom.js';

const KEY = 'camwatch-theme';

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; /* a page from a file may have no storage */
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    /* then it lasts as long as the page */
  }
}

const isDark = () => (document.documentElement.dataset.theme
  ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

export function themeButton() {
  const theme = stored();
  if (theme === 'dark' || theme === 'light') {
    document.documentElement.dataset.theme = theme;
  }
  const button = el('button', {type: 'button', class: 'quiet no-print', onclick: () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    store(document.documentElement.dataset.theme);
    name();
  }});
  const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name);
  name();
  return button;
}
