/** Shows what the clinic tells while no page is open, and opens the page of the number when it is touched. */
// @ts-nocheck: a worker's scope is not a page's

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const note = read(event.data);
  event.waitUntil(
    self.registration.showNotification(note.title, {
      body: note.body,
      tag: note.tag,
      lang: note.language,
      renotify: true,
      requireInteraction: note.is_urgent,
      vibrate: note.is_urgent ? [300, 150, 300, 150, 600] : [200],
      data: { link: note.link },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = event.notification.data?.link;
  if (link) event.waitUntil(open(link));
});

/** A page that is open already comes to the front; only pages of this server are opened. */
async function open(link) {
  const wanted = new URL(link, self.location.origin);
  const address = self.location.origin + wanted.pathname;
  for (const page of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    if (page.url.startsWith(address)) return page.focus();
  }
  return self.clients.openWindow(address);
}

/** Whatever comes, something is shown: a browser takes the right away from pages that stay silent. */
function read(data) {
  try {
    return { title: "", body: "", tag: "note", ...data.json() };
  } catch {
    return { title: "Smart Queue", body: "", tag: "note" };
  }
}
