// SPDX-License-Identifier: Apache-2.0
// Elements without markup: text is only ever set as text, and what would move, hide or reorder the text
// around it is made visible.

const SVG = 'http://www.w3.org/2000/svg';
// controls; soft hyphen; bidirectional marks and overrides; zero width; invisible operators; tags
const DECEPTIVE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A text from the wire as it may be shown: "cam<U+202E>gpj". */
export function shown(text) {
  return String(text).replace(DECEPTIVE,
    (c) => `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : shown(value));
    }
  }
  add(element, children);
  return element;
}

export function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child instanceof Node) {
      element.append(child);
    } else if (child !== undefined && child !== null && child !== false) {
      element.append(shown(child));
    }
  }
}

/** el('p', {class: 'note'}, 'text', element, ['more']). Attributes from here, texts from anywhere. */
export function el(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Replace what is in an element. */
export function put(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

/** Draw parts of root anew; the focus goes to the successor of what had it: the same data-key. */
export function keepFocus(root, change) {
  const keyOf = (element) => element?.closest('[data-key]')?.dataset.key;
  const key = root.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;
  change();
  if (key !== undefined && !root.contains(document.activeElement)) {
    const again = [...root.querySelectorAll('[data-key]')].find((element) => element.dataset.key === key);
    (again?.matches('button, a, [tabindex]') ? again : again?.querySelector('a, button'))?.focus();
  }
}

let ids = 0;
export const newId = (name) => `${name}-${++ids}`;
