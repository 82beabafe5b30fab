// What HTML can not do alone. Every page works without this file.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const on = (event, selector, act) =>
    document.addEventListener(event, (e) => {
      const found = e.target.closest?.(selector);
      if (found) act(found, e);
    });

  // Light, dark, or as the device says. The server reads the cookie, so that no page flashes.
  on("click", "[data-theme-choice]", (button) => {
    const choice = button.dataset.themeChoice;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `crier_theme=${choice}; path=/; max-age=31536000; samesite=lax${secure}`;
    if (choice === "auto") document.documentElement.removeAttribute("data-bs-theme");
    else document.documentElement.dataset.bsTheme = choice;
    for (const other of document.querySelectorAll("[data-theme-choice]"))
      other.setAttribute("aria-pressed", String(other.dataset.themeChoice === choice));
  });

  // An open menu closes when one looks elsewhere.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(except)) menu.open = false;
  };
  document.addEventListener("click", (e) => closeMenus(e.target));
  document.addEventListener("focusin", (e) => closeMenus(e.target));
  document.addEventListener("keydown", (e) => {
    const menu = e.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Dialogs for browsers that do not know the command attribute yet.
  if (!("commandForElement" in HTMLButtonElement.prototype))
    on("click", "[command][commandfor]", (button) => {
      const dialog = byId(button.getAttribute("commandfor"));
      if (button.getAttribute("command") === "show-modal") dialog?.showModal();
      else dialog?.close();
    });
  on("pointerdown", "dialog", (dialog, e) => {
    const box = dialog.getBoundingClientRect();
    const inside = e.clientX >= box.left && e.clientX <= box.right && e.clientY >= box.top && e.clientY <= box.bottom;
    if (e.target === dialog && !inside) dialog.close();
  });
  on("click", ".menu-item[commandfor]", () => closeMenus(null));
  // A link whose answer is shown in a dialog; without this file it is a page of its own.
  on("click", "[data-opens]", (link) => byId(link.dataset.opens)?.showModal());

  // A word that must be typed before a grave act; a number may be written with the separators of any country.
  const plainly = (text) => (/^[\d.,'’\s]+$/.test(text) ? text.replace(/\D/g, "") : text.trim());
  const checkTyped = (input) => {
    const same = plainly(input.value) === plainly(input.dataset.typed);
    input.form.querySelector('[type="submit"]').disabled = !same;
  };
  on("input", "[data-typed]", checkTyped);

  // Choosing rows. The bar itself appears by CSS.
  const rowsOf = (list) => [...document.querySelectorAll(`input[name="ids"][form="${list}-bulk"], #${list} > .checklist input[name]`)];
  const showChosen = (list) => {
    const rows = rowsOf(list);
    const chosen = rows.filter((row) => row.checked).length;
    const count = document.querySelector(`[data-bulk-count="${list}"]`);
    const all = document.querySelector(`[data-check-all="${list}"]`);
    if (all) {
      all.checked = chosen > 0 && chosen === rows.length;
      all.indeterminate = chosen > 0 && chosen < rows.length;
    }
    if (!count) return;
    count.textContent = chosen;
    const everything = count.closest("form").querySelector(".bulk-everything");
    if (!everything) return;
    everything.hidden = chosen < rows.length;
    if (everything.hidden) everything.querySelector("input").checked = false;
  };
  on("change", "[data-check-all]", (box) => {
    for (const row of rowsOf(box.dataset.checkAll)) row.checked = box.checked;
    showChosen(box.dataset.checkAll);
  });
  on("change", ".checklist input[name]", (box) => showChosen(box.closest("fieldset").id));
  on("change", 'input[name="ids"][form]', (row) => showChosen(row.getAttribute("form").replace(/-bulk$/, "")));

  // A segment of the bar is a larger place to click for the figure below it.
  on("click", "[data-figure]", (segment) => byId(segment.dataset.figure)?.querySelector("a")?.click());

  // How long a text is, in characters as people count them.
  const count = (area) => {
    const output = byId(area.dataset.counter);
    if (!output) return;
    const most = Number(area.maxLength > 0 ? area.maxLength : area.dataset.most || 0);
    const length = [...area.value].length;
    output.textContent = most ? `${length} / ${most}` : String(length);
    output.classList.toggle("is-over", most > 0 && length > most);
  };
  on("input", "[data-counter]", count);

  // What was wrong with a field is not said any longer once it is changed.
  const mended = (changed) => {
    const field = changed.closest("fieldset.field, .field, .when");
    const form = changed.form;
    for (const error of field?.querySelectorAll(".field-error") ?? []) error.remove();
    for (const wrong of field?.querySelectorAll(".is-invalid, [aria-invalid]") ?? []) {
      wrong.classList.remove("is-invalid");
      wrong.removeAttribute("aria-invalid");
    }
    if (form && !form.querySelector(".field-error")) form.querySelector(".notice[data-focus]:has(a)")?.remove();
  };
  on("input", ".field, .when", (_field, e) => mended(e.target));
  on("change", ".field, .when", (_field, e) => mended(e.target));

  // A form that was refused stands at its own address: Back and Reload ask for the page, not for another POST.
  if (document.querySelector("form[method=post]:not([action]) [role=alert]")) history.replaceState(null, "", location.href);

  // What was typed is not lost by a slip: the browser asks before it leaves a form that was changed.
  let unsaved = Boolean(document.querySelector("form[data-keep] [role=alert]"));
  on("input", "form[data-keep]", () => (unsaved = true));
  document.addEventListener("submit", () => (unsaved = false));
  window.addEventListener("beforeunload", (e) => unsaved && e.preventDefault());

  // A placeholder or a mark put in at the cursor of a text.
  on("click", "[data-insert]", (button) => {
    const area = byId(button.dataset.into);
    const { selectionStart: start, selectionEnd: end } = area;
    const around = button.dataset.around === "true";
    const text = around ? button.dataset.insert + area.value.slice(start, end) + button.dataset.insert : button.dataset.insert;
    area.setRangeText(text, start, end, "end");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Copying and showing secrets. Without https there is no clipboard but the old way.
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  on("click", "[data-copy]", async (button) => {
    const source = byId(button.dataset.copy);
    await copy(source.value ?? source.textContent);
    const face = button.querySelector("[data-face]");
    const before = face.textContent;
    if (before === button.dataset.done) return;
    face.textContent = button.dataset.done;
    setTimeout(() => (face.textContent = before), 2000);
  });
  on("click", "[data-reveal]", (button) => {
    const field = byId(button.dataset.reveal);
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(hidden));
  });

  // Toasts leave by themselves when they only say that something worked.
  const leave = (toast) => {
    toast.classList.add("is-leaving");
    setTimeout(() => toast.remove(), 200);
  };
  const wait = (toast) => {
    if (!["good", "info"].includes(toast.dataset.toast) || toast.dataset.waits || "stays" in toast.dataset) return;
    toast.dataset.waits = "yes";
    let timer;
    const start = () => (timer = setTimeout(leave, toast.querySelector("form") ? 12000 : 6000, toast));
    const stop = () => clearTimeout(timer);
    for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, stop);
    for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, start);
    start();
  };
  const show = (id) => {
    const template = byId(id);
    if (!template) return;
    const twin = template.content.cloneNode(true);
    byId("toasts").append(twin);
  };
  on("click", "[data-dismiss]", (button) => leave(button.closest("[data-toast]")));
  // Whoever goes on while something is being fetched has not met an error.
  const isNoError = (name) => name === "htmx:sendAbort" || name === "htmx:afterRequest";
  htmx.logger = (_element, name, detail) => isNoError(name) && delete detail.error;
  // A refusal that names its own place (HX-Retarget: the toasts) is shown there instead of our general one.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.isError || !detail.xhr.getResponseHeader("HX-Retarget")) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });
  // What asks by itself again and again fails quietly: nobody wants a toast every two seconds.
  const isPoll = (element) => element?.matches?.('[data-poll], [data-changed], [hx-trigger^="every"]');
  document.addEventListener("htmx:responseError", ({ detail }) => isPoll(detail.elt) || show("toast-failed"));
  document.addEventListener("htmx:sendError", ({ detail }) => isPoll(detail.elt) || show("toast-offline"));

  // A live page whose socket is away asks every two seconds, and says so when nobody answers that either.
  document.addEventListener("htmx:wsOpen", ({ target }) => {
    target.dataset.socket = "open";
    target.classList.remove("is-stale");
  });
  document.addEventListener("htmx:wsClose", ({ target }) => delete target.dataset.socket);
  setInterval(() => {
    for (const page of document.querySelectorAll("[data-poll]:not([data-socket])"))
      if (!document.hidden) htmx.ajax("GET", page.dataset.poll, { source: page, swap: "none" });
  }, 2000);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.matches("[data-poll]")) detail.elt.classList.toggle("is-stale", !detail.successful);
  });

  // A part of the page that others changed is asked for again: not while somebody is in the midst of it, and what is
  // ticked or typed there stays. Without its socket the page asks every ten seconds.
  const changed = () => byId("page-changed") && htmx.trigger("#page-changed", "changed");
  const fieldsOf = (part) => [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((each) => each.name);
  let typedAt = 0;
  on("input", "input:not([type=checkbox], [type=radio]), select, textarea", () => (typedAt = Date.now()));
  const isAtWork = (part) => {
    const isTyping = Date.now() - typedAt < 3000 && part.contains(document.activeElement);
    return isTyping || part.querySelector("details.menu[open], dialog[open]");
  };
  let askAgain;
  const waitFor = (part) => {
    const waits = isAtWork(part);
    if (waits) {
      clearTimeout(askAgain);
      askAgain = setTimeout(changed, 1000);
    }
    return waits;
  };
  let kept = [];
  document.addEventListener("htmx:beforeRequest", (e) => {
    if (e.detail.elt.matches("[data-changed]") && waitFor(e.detail.target)) e.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.requestConfig.elt.matches("[data-changed]") || detail.isError) return;
    if (waitFor(detail.target)) detail.shouldSwap = false;
    else kept = fieldsOf(detail.target).map(({ name, type, value, checked }) => ({ name, type, value, checked }));
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    for (const each of fieldsOf(target)) {
      const isBox = ["checkbox", "radio"].includes(each.type);
      const was = kept.find(({ name, type, value }) => name === each.name && type === each.type && (!isBox || value === each.value));
      if (was && isBox) each.checked = was.checked;
      else if (was && each.type !== "file") each.value = was.value;
    }
    kept = [];
  });
  setInterval(() => document.hidden || document.querySelector("[data-follows][data-socket]") || changed(), 10000);

  const ready = () => {
    document.querySelectorAll("[data-toast]").forEach(wait);
    document.querySelectorAll("[data-counter]").forEach(count);
    document.querySelectorAll("[data-typed]").forEach(checkTyped);
    document.querySelectorAll("[data-check-all]").forEach((each) => showChosen(each.dataset.checkAll));
  };
  document.addEventListener("htmx:afterSettle", ready);
  document.addEventListener("htmx:oobAfterSwap", ready);
  document.querySelector("[data-focus]")?.focus();
  ready();
})();
