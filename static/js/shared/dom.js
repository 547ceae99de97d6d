/** Building and updating pages without flicker. */
import { setAttribute } from "./nodes.js";

export { find, setAttribute, setText } from "./nodes.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children. Attributes that are null, undefined or false are left out, true is empty;
 * `onclick` and its like take a function; `data-…` and `aria-…` are written as they are.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else setAttribute(element, name, value);
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * An icon of the sprite. Without a label it is decoration and hidden from screen readers.
 *
 * @param {string} name  id of a symbol in icons/icons.svg
 * @param {string} [label]
 * @returns {SVGSVGElement}
 */
export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  svg.append(use);
  setIcon(svg, name);
  return svg;
}

/**
 * Show another symbol in an icon.
 *
 * @param {SVGSVGElement} svg
 * @param {string} name
 */
export function setIcon(svg, name) {
  const sprite = document.documentElement.dataset.icons ?? "";
  const use = svg.querySelector("use");
  if (use && use.getAttribute("href") !== `${sprite}#${name}`) use.setAttribute("href", `${sprite}#${name}`);
}

/** Keys of the children that `reconcile` has made. @type {WeakMap<Element, string>} */
const keys = new WeakMap();

/**
 * Bring a parent's children in step with a list. A child whose key stays is kept and updated, never made anew, and
 * moves only if its place changed: focus, scrolling and animations survive.
 *
 * @template Item
 * @template {Element} Child
 * @param {Element} parent                           its children all belong to this list
 * @param {readonly Item[]} items                    in the order to show
 * @param {(item: Item) => string | number} key      unique within the list
 * @param {(item: Item) => Child} create             makes the child; `update` is called for it as well
 * @param {(child: Child, item: Item) => void} [update]
 */
export function reconcile(parent, items, key, create, update) {
  const wanted = new Set(items.map((item) => String(key(item))));
  /** @type {Map<string, Element>} */
  const present = new Map();
  for (const child of [...parent.children]) {
    const name = keys.get(child);
    if (name !== undefined && wanted.has(name)) present.set(name, child);
    else child.remove();
  }
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const child = /** @type {Child} */ (present.get(name) ?? create(item));
    keys.set(child, name);
    if (child === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(child, cursor);
    update?.(child, item);
  }
}
