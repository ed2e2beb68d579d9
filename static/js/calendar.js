// The month and week grid: FullCalendar draws the days, we draw the chips.
// Every drag has a twin: the list view's form, and arrow keys on a focused chip (Shift: a week).

const place = document.querySelector("[data-calendar]");
const said = document.getElementById("calendar-said");
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
// Times are shown in the member's zone, which need not be the browser's. The grid counts in UTC, where no
// hour is missing, and we read and write what is on its clock: "2026-10-27T14:00" is that in the member's zone.
const local = (moment) => moment.toISOString().slice(0, 16);
const asLocal = (row) => ({ ...row, start: row.start.slice(0, row.allDay ? 10 : 16) });
const hours = (moment) => moment.toISOString().slice(11, 16);
const words = (moment) => moment.toLocaleString(place.dataset.lang, {
  timeZone: "UTC", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
});
const DAY_MS = 24 * 3600 * 1000;

const send = (to, moment) => post(to, new URLSearchParams({ due_at: local(moment) }));
const post = async (to, body) => {
  const answer = await fetch(to, {
    method: "POST",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    body,
  });
  const words = await answer.json().catch(() => ({}));
  if (!answer.ok) return { problem: words.problem ?? place.dataset.wrongWord };
  return words;
};

const tell = (words) => {
  said.textContent = words.problem ?? [words.said, ...(words.hints ?? [])].filter(Boolean).join(" · ");
  said.toggleAttribute("data-wrong", Boolean(words.problem));
  if (words.undo) document.dispatchEvent(new CustomEvent("undo:offered", { detail: { undo: words.undo, place: said } }));
};
said.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = await post(event.target.action, new URLSearchParams(new FormData(event.target)));
  tell(words);
  if (!words.problem) settle(kept);
});

const icons = {
  planned: "clock", sending: "send-2", processing: "hourglass", live: "circle-check", failed: "circle-x",
  unsure: "help-circle", by_hand: "hand-click", cancelled: "ban", late: "clock-exclamation",
};

const svg = (name, label) => {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "icon");
  if (label) { picture.setAttribute("role", "img"); picture.setAttribute("aria-label", label); }
  else picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${place.dataset.icons}#${name}`);
  picture.append(use);
  return picture;
};

const make = (tag, css, ...children) => {
  const node = document.createElement(tag);
  if (css) node.className = css;
  node.append(...children);
  return node;
};

const chip = ({ event }) => {
  const facts = event.extendedProps;
  if (facts.more) return { domNodes: [make("span", "day-more", event.title)] };
  if (facts.bar) return { domNodes: [make("span", "span-bar", event.title)] };
  const time = make("time", "", event.start ? hours(event.start) : "");
  const mark = make("span", "monogram", facts.mark ?? "");
  mark.dataset.mark = facts.slot;
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", facts.account ?? "");
  const head = make("span", "", svg(icons[facts.state] ?? "clock", facts.label), time, mark);
  if (facts.clash) { const flag = make("span", "chip-flag", svg("alert-triangle", facts.clash)); head.append(flag); }
  const box = make("span", "day-chip", head, make("b", "", event.title));
  box.dataset.state = facts.state ?? "planned";
  box.title = [event.title, facts.account, facts.label, facts.clash].filter(Boolean).join(" · ");
  return { domNodes: [box] };
};

// The grid draws a chip anew where it went; who moved it by a key goes on from there. A full day folds
// entries away, but never the one that was moved last.
let followed = "", kept = "";
const settle = (id) => {
  kept = id;
  closeDay();
  grid.refetchEvents();
};
const shift = async (event, days) => {
  const moment = new Date(event.start.getTime() + days * DAY_MS);
  const words = await send(event.extendedProps.move, moment);
  tell(words);
  if (words.problem) return;
  followed = event.id;
  settle(event.id);
};
const moveByKeys = (el, event) => {
  el.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight");
  el.addEventListener("keydown", (key) => {
    if (!["ArrowLeft", "ArrowRight"].includes(key.key)) return;
    key.preventDefault();
    shift(event, (key.key === "ArrowLeft" ? -1 : 1) * (key.shiftKey ? 7 : 1));
  });
};

// All of one day, opened in place: the same chips, to be followed, dragged and moved by keys. -------
let sheet = null;
const closeDay = () => {
  sheet?.box.remove();
  sheet = null;
};
const dayChip = (row) => {
  const event = { id: row.id, title: row.title, start: new Date(`${row.start.slice(0, 16)}Z`), extendedProps: row.extendedProps };
  const link = make("a", "day-link", ...chip({ event }).domNodes);
  link.href = row.url;
  if (row.editable) {
    Object.assign(link.dataset, { drop: event.extendedProps.move, time: hours(event.start), title: row.title, key: row.id });
    link.draggable = false;
    moveByKeys(link, event);
  }
  return make("li", "", link);
};
const drawDay = (day, rows, from) => {
  const title = new Intl.DateTimeFormat(place.dataset.lang, { weekday: "short", month: "long", day: "numeric", timeZone: "UTC" });
  const close = make("button", "btn btn-quiet btn-icon", svg("x"));
  close.type = "button";
  close.setAttribute("aria-label", place.dataset.closeWord);
  const head = make("header", "", make("h2", "", title.format(new Date(`${day}T00:00Z`))), close);
  const box = make("section", "day-sheet", head, make("ul", "", ...rows.map(dayChip)));
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", head.textContent);
  const back = () => {
    closeDay();
    from.focus();
  };
  close.addEventListener("click", back);
  box.addEventListener("keydown", (key) => key.key === "Escape" && back());
  const frame = place.getBoundingClientRect(), cell = from.closest("td").getBoundingClientRect();
  place.append(box);
  box.style.left = `${Math.max(0, Math.min(cell.left - frame.left, frame.width - box.offsetWidth))}px`;
  box.style.top = `${cell.top - frame.top}px`;
  // What is dragged out of the sheet may go to the days under it: while it is on its way, the sheet steps aside.
  const step = (aside) => box.toggleAttribute("data-aside", aside);
  box.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("[data-drop]")) return;
    const leave = ({ buttons }) => step(buttons > 0);
    addEventListener("pointermove", leave);
    for (const end of ["pointerup", "pointercancel"]) {
      addEventListener(end, () => { removeEventListener("pointermove", leave); step(false); }, { once: true });
    }
  });
  new FullCalendar.Draggable(box, {
    itemSelector: "[data-drop]",
    eventData: (link) => ({ title: link.dataset.title, extendedProps: { state: "planned" } }),
  });
  return box;
};
const openDay = async (day, from) => {
  closeDay();
  const feed = new URL(place.dataset.feed, location);
  feed.searchParams.set("start", day);
  feed.searchParams.set("end", new Date(Date.parse(`${day}T00:00Z`) + DAY_MS).toISOString().slice(0, 10));
  const answer = await fetch(feed);
  if (!answer.ok) return location.assign(from.href);
  const rows = (await answer.json()).filter((row) => !row.allDay);
  sheet = { day, box: drawDay(day, rows, from) };
  sheet.box.querySelector("a, button").focus({ preventScroll: true });
};
document.addEventListener("click", ({ target }) => {
  if (sheet && !sheet.box.contains(target)) closeDay();
});

const weekHead = ({ date, isToday }) => {
  const name = new Intl.DateTimeFormat(place.dataset.lang, { weekday: "short", timeZone: "UTC" }).format(date);
  const number = make("b", "", String(date.getUTCDate()));
  number.toggleAttribute("data-today", isToday);
  return { domNodes: [make("span", "week-day", name, number)] };
};

let given = JSON.parse(document.getElementById("calendar-events").textContent);

const grid = new FullCalendar.Calendar(place, {
  initialView: place.dataset.view,
  initialDate: place.dataset.day,
  now: place.dataset.now,
  locale: place.dataset.lang,
  timeZone: "UTC",
  firstDay: 1,
  headerToolbar: false,
  height: "auto",
  fixedWeekCount: false,
  dayMaxEvents: false,
  displayEventTime: false,
  eventDisplay: "block",
  slotEventOverlap: false,
  slotMinTime: `${place.dataset.from.padStart(2, "0")}:00:00`,
  allDayText: "",
  nowIndicator: true,
  slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  snapDuration: "00:05:00",
  slotDuration: "01:00:00",
  defaultTimedEventDuration: "01:00:00",
  eventContent: chip,
  views: {
    // a minute long, so that what goes out late at night stays on its day
    dayGridMonth: { defaultTimedEventDuration: "00:01:00", dayCellContent: ({ date }) => String(date.getUTCDate()) },
    timeGridWeek: { dayHeaderContent: weekHead },
  },
  events: ({ startStr, endStr }, done, fail) => {
    if (given) {
      done(given.map(asLocal));
      given = null;
      return;
    }
    const feed = new URL(place.dataset.feed, location);
    feed.searchParams.set("start", startStr.slice(0, 10));
    feed.searchParams.set("end", endStr.slice(0, 10));
    if (place.dataset.view === "dayGridMonth") feed.searchParams.set("fold", "1");
    if (kept) feed.searchParams.set("keep", kept);
    fetch(feed).then((answer) => answer.json()).then((rows) => done(rows.map(asLocal)), fail);
  },
  // The day's number already carries the whole date; a second name for its cell would contradict what is read in it.
  dayCellDidMount: ({ el }) => el.removeAttribute("aria-labelledby"),
  droppable: place.dataset.may === "1",
  eventDurationEditable: false,
  dateClick: ({ dateStr }) => {
    if (place.dataset.may === "1") location.assign(`${place.dataset.new}?at=${encodeURIComponent(dateStr.slice(0, 16))}`);
  },
  eventAllow: ({ start }, event) => {
    if (event?.start) said.textContent = `${place.dataset.moveWord} ${words(start)}`;
    return true;
  },
  eventDrop: async ({ event, revert }) => {
    const words = await send(event.extendedProps.move, event.start);
    tell(words);
    if (words.problem) revert();
    else settle(event.id);
  },
  eventClick: ({ event, el, jsEvent }) => {
    if (!event.extendedProps.more) return;
    jsEvent.preventDefault();
    jsEvent.stopPropagation();
    openDay(event.extendedProps.more, el);
  },
  eventReceive: async ({ event, draggedEl }) => {
    const day = local(event.start).slice(0, 10);
    const moment = event.allDay ? new Date(`${day}T${draggedEl.dataset.time}Z`) : event.start;
    const words = await send(draggedEl.dataset.drop, moment);
    event.remove();
    tell(words);
    if (words.problem) return;
    draggedEl.remove();
    settle(draggedEl.dataset.key ?? "");
  },
  eventDidMount: ({ event, el }) => {
    if (event.extendedProps.bar) return;
    if (event.id === followed) {
      followed = "";
      requestAnimationFrame(() => el.focus());
    }
    if (!event.startEditable) return;
    moveByKeys(el, event);
  },
});

grid.render();
if (place.dataset.may === "1") {
  new FullCalendar.Draggable(document.getElementById("tray-cards"), {
    itemSelector: "[data-variant]",
    eventData: (card) => ({ title: card.dataset.title, extendedProps: { state: "planned" } }),
  });
}
