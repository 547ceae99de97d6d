import { find } from "./dom.js";

const dialog = /** @type {HTMLDialogElement} */ (find("#dialog"));
find("#open-dialog").addEventListener("click", () => dialog.showModal());
