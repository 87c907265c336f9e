// A page with data-live looks every few seconds whether the store has something new, and then takes its part again;
// with data-every it takes that part again after so many seconds whatever came.
"use strict";

const SECONDS = 2;

async function isOld(shown) {
  if (shown.dataset.every) return true;
  const answer = await fetch("/api/v1/latest");
  return answer.ok && String((await answer.json()).latest) !== shown.dataset.latest;
}

async function look() {
  const shown = document.querySelector("[data-live]");
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  if (!(await isOld(shown))) return;
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
  wait();
}

function wait() {
  const shown = document.querySelector("[data-live]");
  if (shown) setTimeout(watch, (shown.dataset.every || SECONDS) * 1000);
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

// A form shows the fields that fit the chosen content; those that do not are not sent.
function fit(form) {
  const chosen = form.elements.type.value || "any";
  for (const field of form.querySelectorAll("[data-for]")) {
    const fits = field.dataset.for.split(" ").includes(chosen);
    field.hidden = !fits;
    field.querySelector("input, select").disabled = !fits;
  }
}

for (const form of document.querySelectorAll("form[data-fit]")) {
  form.elements.type.addEventListener("change", () => fit(form));
}
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
});
addEventListener("hashchange", show);
wait();
show();
