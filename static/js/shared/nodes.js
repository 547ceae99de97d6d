/** The few helpers that even the smallest page needs: find a node, and change it only when it differs. */

/**
 * Write a text only when it differs, so that screen readers and selections are left in peace.
 *
 * @param {Node | null} node
 * @param {string | number} content
 */
export function setText(node, content) {
  if (node && node.textContent !== String(content)) node.textContent = String(content);
}

/**
 * Set, change or remove an attribute, only when it differs.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else {
    const wanted = value === true ? "" : String(value);
    if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
  }
}

/**
 * The one element that a page cannot do without.
 *
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 * @throws {Error} when it is not there
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`No element matches '${selector}'.`);
  return element;
}
