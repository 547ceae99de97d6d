/** A patient's medical history: a document that the doctor adds shows at once on the open page. */
import { connect } from "../shared/live.js";
import { find, setText } from "../shared/nodes.js";
import { pageData, text } from "../shared/texts.js";
import { onPhone } from "./phone.js";

const print = find("#print");
/** @type {number[]} */
let shown = pageData().documents;

connect("/ws/history", {
  ...onPhone,
  /** @param {{documents: number[]}} view */
  onView(view) {
    const isNew = view.documents.some((id) => !shown.includes(id));
    if (!isNew && view.documents.length === shown.length) return;
    shown = view.documents;
    void renew(isNew);
  },
  onError(error) {
    // The login is over: the server's page says so.
    if (error.isFinal) location.reload();
  },
});

print.hidden = false;
print.addEventListener("click", () => window.print());

/**
 * Take the list from a new copy of this page; scrolling and everything else stay.
 *
 * @param {boolean} isNew  whether a document has come, rather than gone
 */
async function renew(isNew) {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#visits");
  if (!fresh) return;
  find("#visits").replaceWith(fresh);
  if (!isNew) return;
  find("#new-document").hidden = false;
  setText(find("#announcer"), text("new_document"));
}
