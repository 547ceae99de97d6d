/**
 * A link that ends in `#key=…` enrols this screen by itself. The part behind the hash is never sent in an address; here
 * it leaves the address bar and goes into the form. A page that is open already, by a login or by another key, becomes
 * this device's too; without the server it stays as it is.
 */
for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => typeKey(/** @type {HTMLElement} */ (button).dataset.key ?? ""));
}

const key = new URLSearchParams(location.hash.slice(1)).get("key");
if (key) {
  history.replaceState(null, "", location.pathname + location.search);
  const code = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=code]"));
  if (code) {
    code.value = key;
    code.form?.requestSubmit();
  } else {
    void enrolOpenPage(key);
  }
}

/** @param {string} code */
async function enrolOpenPage(code) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const body = JSON.stringify({ code, next: location.pathname });
  const answer = await fetch("/devices/session", { method: "POST", headers, body }).catch(() => null);
  if (answer?.ok) {
    location.reload();
  }
}

/** @param {string} typed  a letter, or "delete" */
function typeKey(typed) {
  const code = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=code]"));
  if (code) code.value = typed === "delete" ? code.value.slice(0, -1) : code.value + typed;
}
