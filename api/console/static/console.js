// Quickens pages that work without it: every function stands on a link or a form that is there anyway.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("has-script");
  const typing = (element) => element.closest("input, select, textarea, [contenteditable], dialog[open]") !== null;

  // The look changes at once; the form that keeps the choice is sent beside it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    if (chosen === "system") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    form.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    });
    const body = new URLSearchParams(new FormData(form));
    body.set("theme", chosen);
    // As a part of the page: the answer is then no redirect, which would load the page once more.
    fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
  });

  // Menus close with Escape and when the pointer or the focus goes elsewhere.
  const closeMenus = (except) => {
    document.querySelectorAll("details.drop[open]").forEach((menu) => {
      if (!except || !menu.contains(except)) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.drop[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // A list with data-keys: j and k go down and up, Enter opens, any other letter follows the [data-key] of the item.
  const items = (list) => [...list.querySelectorAll("[data-item], .card[data-href]")];
  const go = (list, step) => {
    const all = items(list);
    if (!all.length) return;
    const at = all.findIndex((item) => item.classList.contains("is-current"));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((item) => item.classList.toggle("is-current", item === next));
    const link = next.querySelector("a[href]") || next;
    link.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    next.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "/" && document.querySelector("input[type=search]")) {
      event.preventDefault();
      document.querySelector("input[type=search]").focus();
      return;
    }
    const list = document.querySelector("[data-keys]");
    if (!list) return;
    if (key === "j" || key === "k") {
      event.preventDefault();
      go(list, key === "j" ? 1 : -1);
      return;
    }
    if (!/^[a-z]$/.test(key)) return;
    const current = list.querySelector(".is-current");
    const target = (current || list).querySelector(`[data-key="${key}"]`) || document.querySelector(`main [data-key="${key}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("details")) {
      target.open = true;
      (target.querySelector("textarea, input:not([type=hidden]), select, button") || target).focus();
    } else if (target.matches("summary, a, button")) target.click();
    else target.focus();
  });

  // Forms that ask first; without script they are sent at once, and the page they lead to can be undone or asks itself.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const english = root.lang.startsWith("en");
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    const question = document.createElement("p");
    question.textContent = form.dataset.confirm;
    const foot = document.createElement("div");
    foot.className = "actions";
    const button = (text, kind, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = `button ${kind}`;
      made.textContent = text;
      made.addEventListener("click", act);
      foot.append(made);
    };
    const submitter = event.submitter;
    button(english ? "Go ahead" : "确定", "button-primary", () => {
      dialog.close();
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    });
    button(english ? "Cancel" : "取消", "", () => dialog.close());
    dialog.append(question, foot);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }, true);

  // Choices marked data-auto send their form as soon as they change; its button stays for everyone else.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-auto]") && event.target.form) event.target.form.requestSubmit();
  });

  // A date histogram in [data-brush="FORM ID"]: dragging over it fills the form's date fields "since" and "until".
  const brush = (holder) => {
    const form = document.getElementById(holder.dataset.brush);
    const days = (holder.dataset.days || "").split(" ").filter(Boolean);
    const [left, right] = (holder.dataset.plot || "0 1").split(" ").map(Number);
    const drawing = holder.querySelector("svg");
    if (!form || days.length < 2 || !drawing) return;
    holder.classList.add("brush");
    let from = null;
    let shade = null;
    const at = (event) => {
      const box = drawing.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width - left) / (right - left);
      return Math.min(Math.max(share, 0), 0.9999);
    };
    const show = (a, b) => {
      const box = drawing.getBoundingClientRect();
      const frame = holder.getBoundingClientRect();
      const x = (share) => box.left - frame.left + (left + share * (right - left)) * box.width;
      shade.style.left = `${x(Math.min(a, b))}px`;
      shade.style.width = `${Math.abs(x(a) - x(b))}px`;
    };
    holder.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      from = at(event);
      shade = document.createElement("div");
      shade.className = "brush-window";
      holder.append(shade);
      holder.setPointerCapture(event.pointerId);
      show(from, from);
    });
    holder.addEventListener("pointermove", (event) => { if (from !== null) show(from, at(event)); });
    holder.addEventListener("pointercancel", () => { from = null; if (shade) shade.remove(); });
    holder.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const ends = [from, at(event)].sort((a, b) => a - b).map((share) => Math.floor(share * (days.length - 1)));
      from = null;
      shade.remove();
      form.elements.since.value = days[ends[0]];
      const last = new Date(`${days[ends[1] + 1]}T00:00:00Z`);
      last.setUTCDate(last.getUTCDate() - 1);
      form.elements.until.value = last.toISOString().slice(0, 10);
      form.requestSubmit();
    });
  };
  const prepare = (part) => {
    part.querySelectorAll("[data-brush]:not(.brush)").forEach(brush);
    const errors = part.querySelector("[data-focus]");
    if (errors) errors.focus();
  };
  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

  // Somebody who opens a page at a passage wants to see it, also where the text lies in a folded part.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let part = target && target.closest("details:not([open])"); part; part = part.closest("details:not([open])")) part.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
