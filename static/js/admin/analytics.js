/** Today's figures go on: the report is fetched again every half minute while somebody looks at it. */
const EVERY_MS = 30_000;

async function refresh() {
  const report = document.querySelector("#report");
  if (!report || document.hidden || report.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#report");
  if (!fresh) return;
  const opened = new Set([...report.querySelectorAll("details[open]")].map((details) => details.closest("section")?.id));
  for (const details of fresh.querySelectorAll("details")) {
    if (opened.has(details.closest("section")?.id)) details.setAttribute("open", "");
  }
  report.replaceChildren(...fresh.childNodes);
}

// Without the server the numbers stay as they are.
setInterval(() => void refresh().catch(() => undefined), EVERY_MS);
