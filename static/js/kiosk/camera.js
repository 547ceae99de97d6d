/** The camera of the screen as a scanner, where the browser has both the camera and the eye for codes. */

const EVERY_MS = 250;
/** The same code is not told twice while it is still before the camera. */
const SAME_MS = 4000;

/**
 * @param {HTMLElement} picture  a `<video>`, hidden while there is nothing to see
 * @param {(code: string) => void} onCode
 */
export function camera(picture, onCode) {
  const video = /** @type {HTMLVideoElement} */ (picture);
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let last = "";
  let lastAt = 0;
  /** counts the starts, so that one which was stopped meanwhile does not begin after all */
  let turn = 0;

  const stop = () => {
    turn += 1;
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    video.hidden = true;
  };

  /** @returns {Promise<boolean>}  whether the camera looks for codes now */
  const start = async () => {
    stop();
    const mine = turn;
    const Detector = /** @type {any} */ (window).BarcodeDetector;
    if (!Detector || !navigator.mediaDevices?.getUserMedia) return false;
    try {
      const formats = await Detector.getSupportedFormats();
      if (!formats.includes("qr_code")) return false;
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } }, audio: false });
      if (mine !== turn) {
        for (const track of opened.getTracks()) track.stop();
        return false;
      }
      stream = opened;
      video.srcObject = opened;
      video.hidden = false;
      await video.play();
      look(new Detector({ formats: ["qr_code"] }), mine);
      return true;
    } catch {
      // No camera, or it is not allowed: the scanner remains.
      if (mine === turn) stop();
      return false;
    }
  };

  /**
   * @param {{detect: (source: HTMLVideoElement) => Promise<{rawValue: string}[]>}} detector
   * @param {number} mine
   */
  const look = (detector, mine) => {
    timer = setTimeout(async () => {
      const [found] = await detector.detect(video).catch(() => []);
      if (mine !== turn) return;
      const isNew = found && (found.rawValue !== last || performance.now() - lastAt > SAME_MS);
      if (found) [last, lastAt] = [found.rawValue, performance.now()];
      if (isNew) onCode(found.rawValue);
      if (mine === turn) look(detector, mine);
    }, EVERY_MS);
  };

  return { start, stop };
}
