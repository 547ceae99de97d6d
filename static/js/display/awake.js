/**
 * Ask the system to keep the screen lit for as long as the display is shown. Only secure origins may ask; elsewhere the
 * kiosk machine's own settings have to do it.
 */
export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
