// A page with data-live looks every few seconds whether the store has something new, and then takes its list again.
"use strict";

const SECONDS = 2;

async function latest() {
  const answer = await fetch("/api/v1/latest");
  return answer.ok ? String((await answer.json()).latest) : null;
}

async function look() {
  const shown = document.querySelector("[data-live]");
  if (!shown || document.hidden) return;
  const now = await latest();
  if (now === null || now === shown.dataset.latest) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(shown.id);
  if (fresh) shown.replaceWith(fresh);
}

async function watch() {
  try {
    await look();
  } catch {
    // The store is away for a moment; the next look will tell.
  }
  setTimeout(watch, SECONDS * 1000);
}

function open(target) {
  for (let each = target; each; each = each.parentElement) {
    if (each.tagName === "DETAILS") each.open = true;
  }
}

function show() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  open(target);
  target.scrollIntoView({ block: "center" });
}

if (document.querySelector("[data-live]")) setTimeout(watch, SECONDS * 1000);
addEventListener("hashchange", show);
show();
