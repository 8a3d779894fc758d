/* The board while the server is away: the last picture that keep.js put aside, and the files it
   needs. A server that answers always comes first; what it refuses is forgotten. */
"use strict";

const BUILD = new URL(self.location.href).searchParams.get("build");
const STORE = `cheerboard-${BUILD}`;
const PATIENCE = 6000;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
    await self.clients.claim();
  })());
});

function within(promise) {
  return Promise.race([promise,
    new Promise((_, fail) => { setTimeout(() => fail(new Error("too slow")), PATIENCE); })]);
}

/* A page of the board. Sent elsewhere or not found: this browser shows it no more, so nor do we. */
async function board(request) {
  const store = await caches.open(STORE);
  const place = new URL(request.url).pathname;
  try {
    const answer = await within(fetch(request));
    if (answer.status < 500) {
      if (!answer.ok) await store.delete(place);
      return answer;
    }
    return (await store.match(place)) || answer;
  } catch (error) {
    const kept = await store.match(place);
    if (kept) return kept;
    throw error;
  }
}

/* Files whose address carries the hash of their content, or a version, never change. */
const isFixed = (path, search) => path.startsWith("/static/fonts/")
  || (path.startsWith("/static/") && search.startsWith("?v="));

async function file(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await store.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname.startsWith("/tv/")) event.respondWith(board(request));
  else if (isFixed(pathname, search)) event.respondWith(file(request));
});
