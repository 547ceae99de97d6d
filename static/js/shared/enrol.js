/**
 * A link that ends in `#key=…` enrols this screen by itself. The part behind the hash is never sent in an address; here
 * it leaves the address bar and goes into the form.
 */
import { find } from "./dom.js";

const key = new URLSearchParams(location.hash.slice(1)).get("key");
if (key) {
  history.replaceState(null, "", location.pathname + location.search);
  const code = /** @type {HTMLInputElement} */ (find("input[name=code]"));
  code.value = key;
  code.form?.requestSubmit();
}
