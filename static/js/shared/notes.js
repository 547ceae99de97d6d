/** Short news at the foot of the page; they go by themselves and take no focus. */
import { el, find, icon } from "./dom.js";
import { text } from "./texts.js";

const SHOWN_MS = 6000;

/** @type {Map<string, {element: HTMLElement, timer: ReturnType<typeof setTimeout> | undefined}>} */
const shown = new Map();

/**
 * Say something. A note of the same name is replaced.
 *
 * @param {string} name
 * @param {string} sentence
 * @param {{icon?: string, stays?: boolean, button?: {label: string, press: () => void}, link?: {label: string, href: string}}} [options]
 */
export function note(name, sentence, options = {}) {
  unnote(name);
  const { label = text("dismiss"), press = () => unnote(name) } = options.button ?? {};
  const element = el(
    "div",
    { class: "toast", "data-note": name },
    icon(options.icon ?? "info"),
    el("span", {}, sentence),
    options.link && el("a", { class: "button", href: options.link.href }, options.link.label),
    el("button", { class: "button", type: "button", onclick: press }, label),
  );
  find("#notes").append(element);
  const timer = options.stays ? undefined : setTimeout(() => unnote(name), SHOWN_MS);
  shown.set(name, { element, timer });
}

/** @param {string} name */
export function unnote(name) {
  const known = shown.get(name);
  if (known === undefined) return;
  clearTimeout(known.timer);
  known.element.remove();
  shown.delete(name);
}
