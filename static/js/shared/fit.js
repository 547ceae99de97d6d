/**
 * Text that does not fit its box becomes smaller, until it does.
 *
 * The box's style has to multiply its sizes with `--fit`; `data-tight` says that the smallest size was still too large,
 * and that words may be broken and what is least important may go. Where there is a smallest size that can be read, it is
 * "a little" first: texts may be shortened, but to more than one line.
 */
const SIZES = [1, 0.92, 0.85, 0.78, 0.72, 0.66, 0.6, 0.55];
/** Where words may be broken, or be shortened, they need not be smallest first. */
const TIGHT = [0.78, 0.66, 0.6, 0.55, 0.5, 0.45, 0.4];
/** Boxes are measured in fractions of a pixel. */
const SLACK = 1;

/**
 * Fit every box of the list now, and again whenever the list's size or the fonts change.
 *
 * @param {HTMLElement} list
 * @param {string} selector  of the boxes; the list may be the only one, if its size is not its words'
 * @param {string} parts     of what must lie inside a box and not overlap, in the order in which it stands
 * @param {number} [smallest]  below this size a text cannot be read from where people sit: it becomes tight instead
 * @returns {() => void}     fits them once more, after their words have changed
 */
export function fitting(list, selector, parts, smallest = 0) {
  /** what each box held when it was fitted @type {WeakMap<HTMLElement, string>} */
  let fitted = new WeakMap();
  const fit = () => {
    if (!list.checkVisibility()) return;
    for (const box of list.matches(selector) ? [list] : list.querySelectorAll(selector)) {
      if (!(box instanceof HTMLElement) || fitted.get(box) === contents(box)) continue;
      fitOne(box, parts, smallest);
      fitted.set(box, contents(box));
    }
  };
  const fitAgain = () => {
    fitted = new WeakMap();
    fit();
  };
  new ResizeObserver(fitAgain).observe(list);
  void document.fonts.ready.then(fitAgain);
  return fit;
}

/**
 * What decides whether a box fits: its words, their look and room, and which of its parts are shown. All digits are equally wide.
 *
 * @param {HTMLElement} box
 * @returns {string}
 */
function contents(box) {
  const look = document.documentElement.dataset.look ?? "";
  return `${look} ${box.clientWidth} ${box.clientHeight} ${box.querySelectorAll("[hidden]").length} ${box.textContent?.replace(/\d/g, "0")}`;
}

/**
 * @param {HTMLElement} box
 * @param {string} parts
 * @param {number} smallest
 */
function fitOne(box, parts, smallest) {
  delete box.dataset.tight;
  if (SIZES.some((size) => size >= smallest && fits(box, parts, size))) return;
  box.dataset.tight = "a little";
  if (smallest > 0 && TIGHT.some((size) => size >= smallest && fits(box, parts, size))) return;
  box.dataset.tight = "";
  TIGHT.some((size) => fits(box, parts, size));
}

/**
 * @param {HTMLElement} box
 * @param {string} parts
 * @param {number} size
 * @returns {boolean}
 */
function fits(box, parts, size) {
  box.style.setProperty("--fit", String(size));
  const frame = box.getBoundingClientRect();
  const style = getComputedStyle(box);
  const inner = {
    top: frame.top + parseFloat(style.borderTopWidth) + parseFloat(style.paddingTop) / 2,
    bottom: frame.bottom - parseFloat(style.borderBottomWidth) - parseFloat(style.paddingBottom) / 2,
    left: frame.left + parseFloat(style.borderLeftWidth),
    right: frame.right - parseFloat(style.borderRightWidth),
  };
  let above = inner.top;
  for (const part of box.querySelectorAll(parts)) {
    const place = part.getBoundingClientRect();
    if (place.height === 0) continue;
    const isWide = part.scrollWidth > part.clientWidth + SLACK && part.clientWidth > 0;
    if (isWide || place.left < inner.left - SLACK || place.right > inner.right + SLACK) return false;
    if (place.top < above - SLACK || place.bottom > inner.bottom + SLACK) return false;
    above = place.bottom;
  }
  return true;
}
