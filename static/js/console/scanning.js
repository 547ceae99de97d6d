/** A slip under the doctor's scanner: its patient's row is chosen, or it is said where its number stands. Nothing is done. */
import { note } from "../shared/notes.js";
import { post, PostError } from "../shared/post.js";
import { listenForScans, slipKey } from "../shared/scanner.js";
import { text } from "../shared/texts.js";
import { isDialogOpen } from "./dialogs.js";
import { departmentName } from "./words.js";

/**
 * @param {string} path  where to ask
 * @param {(id: number) => boolean} reveal  shows the token's row; whether it has one
 */
export function listenForSlips(path, reveal) {
  listenForScans((code) => void open(code), () => !isDialogOpen());

  /** @param {string} code */
  async function open(code) {
    const key = slipKey(code);
    try {
      if (!key) throw new PostError("unknown_token", "");
      /** @type {import("../shared/slip-views.js").FoundSlip} */
      const slip = await post(path, { key });
      if (!slip.is_today) note("scan", text("scan_old", { number: slip.number, day: slip.day }), { icon: "warning" });
      else if (!reveal(slip.id)) note("scan", stands(slip));
    } catch (error) {
      const known = error instanceof PostError && error.code === "unreachable" ? "scan_no_answer" : "scan_unknown";
      note("scan", text(known), { icon: "warning" });
    }
  }
}

/**
 * @param {import("../shared/slip-views.js").FoundSlip} slip
 * @returns {string}
 */
function stands({ number, department, state }) {
  return text("scan_stands", { number, department: departmentName(department), state: text(`state_${state}`) });
}
