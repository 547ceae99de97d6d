"""Whether every text of a page lies where it belongs: inside its box, uncut, and on no other text."""

from __future__ import annotations

from playwright.async_api import Page

# What lies under the layer of "Listen", which covers the screen, is not looked at.
# A text's box is its letters' (as high as its font size, and a number as its capitals), not its line's: lines of Indian
# scripts are higher than that.
MISPLACED = """
(boxes) => {
  const slack = 1.5;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  const wrong = [];
  const layer = document.querySelector(".listen:not([hidden])");
  const say = (text) => JSON.stringify(text.slice(0, 28));
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement, text = node.textContent.trim();
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("script, noscript, option, .skip-link, svg, dialog:not([open])")) continue;
    if (isOnlyRead(element) || (layer && !layer.contains(element))) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const size = parseFloat(getComputedStyle(element).fontSize);
    const box = element.closest(boxes)?.getBoundingClientRect();
    const scroller = scrolling(element);
    for (const line of range.getClientRects()) {
      if (line.width < 1) continue;
      const height = /^[A-Z0-9-]+$/.test(text) ? 0.75 * size : Math.min(size, line.height);
      const middle = (line.top + line.bottom) / 2, half = height / 2;
      const rect = shown(element, { left: line.left, right: line.right, top: middle - half, bottom: middle + half });
      if (rect.bottom <= rect.top) continue;
      if (scroller && !isIn(rect, scroller.getBoundingClientRect())) continue;
      const isOff = rect.left < -slack || rect.right > innerWidth + slack;
      if (!scroller && isOff) wrong.push(`${say(text)} is off the screen`);
      if (box && !isIn(rect, box)) wrong.push(`${say(text)} is outside its box`);
      const cut = cutting(element, rect);
      if (cut) wrong.push(`${say(text)} is cut by ${cut}`);
      const cover = covering(element, rect);
      if (cover) wrong.push(`${say(text)} is covered by ${cover}`);
      texts.push({ node, text, rect });
    }
  }
  // What takes no touch covers nothing: it is not found this way.
  function covering(element, rect) {
    for (const x of [rect.left + 2, rect.right - 2]) {
      const top = document.elementFromPoint(x, (rect.top + rect.bottom) / 2);
      if (!top || top.contains(element) || element.contains(top)) continue;
      const box = top.closest("button, .button, .card, .badge, .strip");
      if (box && !box.contains(element)) return box.id || box.className || box.tagName;
    }
    return "";
  }
  function shown(element, rect) {
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      if (!isShortened(getComputedStyle(e))) continue;
      const box = e.getBoundingClientRect();
      const lines = getComputedStyle(e).webkitLineClamp === "none" ? {} : { bottom: Math.min(rect.bottom, box.bottom) };
      return { ...rect, left: Math.max(rect.left, box.left), right: Math.min(rect.right, box.right), ...lines };
    }
    return rect;
  }
  function isShortened(style) {
    return style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  }
  function isOnlyRead(element) {
    if (element === document.body) return false;
    return getComputedStyle(element).clipPath !== "none" || isOnlyRead(element.parentElement);
  }
  function isIn(rect, box) {
    const isBeside = rect.left < box.left - slack || rect.right > box.right + slack;
    return !isBeside && rect.top >= box.top - slack && rect.bottom <= box.bottom + slack;
  }
  function scrolling(element) {
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(e).overflowX + getComputedStyle(e).overflowY)) return e;
    }
    return null;
  }
  function cutting(element, rect) {
    for (let e = element; e && e !== document.documentElement; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.display === "inline" || !/hidden|clip/.test(style.overflowX)) continue;
      if (!isShortened(style) && !isIn(rect, e.getBoundingClientRect())) return e.id || e.className || e.tagName;
      return "";
    }
    return "";
  }
  texts.forEach((a, i) => {
    for (const b of texts.slice(i + 1)) {
      if (a.node === b.node) continue;
      const wide = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const high = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
      if (wide > slack && high > slack) wrong.push(`${say(a.text)} lies on ${say(b.text)}`);
    }
  });
  return [...new Set(wrong)];
}
"""


#: What WCAG 1.4.12 lets a reader set. As a sheet of the page itself: its policy refuses styles from elsewhere.
SPACED = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-block-end: 2em !important; }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return getComputedStyle(document.querySelector("h1, h2, p")).letterSpacing;
}
"""


async def space_out(page: Page) -> None:
    """The page's lines, paragraphs, letters and words stand as far apart as WCAG 1.4.12 lets a reader set them."""
    spacing: str = await page.evaluate(SPACED)
    assert spacing.endswith("px"), "the reader's style was not taken"


async def misplaced(page: Page, boxes: str) -> list[str]:
    """Texts outside the nearest of the `boxes` around them, off the screen, cut without dots, or on another text."""
    await page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    found: list[str] = await page.evaluate(MISPLACED, boxes)
    return found
