// The month and week grid: FullCalendar draws the days, we draw the chips.
// Every drag has a twin: the list view's form, and arrow keys on a focused chip (Shift: a week).

const place = document.querySelector("[data-calendar]");
const said = document.getElementById("calendar-said");
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const local = (moment) => {
  const two = (n) => String(n).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
};

const send = async (to, moment) => {
  const answer = await fetch(to, {
    method: "POST",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    body: new URLSearchParams({ due_at: local(moment) }),
  });
  const words = await answer.json().catch(() => ({}));
  if (!answer.ok) return { problem: words.problem ?? String(answer.status) };
  return words;
};

const tell = (words) => {
  said.textContent = words.problem ?? [words.said, ...(words.hints ?? [])].filter(Boolean).join(" · ");
  said.toggleAttribute("data-wrong", Boolean(words.problem));
};

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
  if (facts.bar) return { domNodes: [make("span", "span-bar", event.title)] };
  const two = (n) => String(n).padStart(2, "0");
  const time = make("time", "", event.start ? `${two(event.start.getHours())}:${two(event.start.getMinutes())}` : "");
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

const shift = async (event, days) => {
  const moment = new Date(event.start);
  moment.setDate(moment.getDate() + days);
  const words = await send(event.extendedProps.move, moment);
  if (!words.problem) event.setStart(moment);
  tell(words);
};

const grid = new FullCalendar.Calendar(place, {
  initialView: place.dataset.view,
  initialDate: place.dataset.day,
  locale: place.dataset.lang,
  timeZone: "local",
  firstDay: 1,
  headerToolbar: false,
  height: "auto",
  fixedWeekCount: false,
  dayMaxEvents: 4,
  displayEventTime: false,
  eventDisplay: "block",
  slotMinTime: "06:00:00",
  allDayText: "",
  nowIndicator: true,
  slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  snapDuration: "00:05:00",
  slotDuration: "01:00:00",
  defaultTimedEventDuration: "00:45:00",
  eventContent: chip,
  dayCellContent: ({ date }) => String(date.getDate()),
  events: ({ startStr, endStr }, done, fail) => {
    const feed = new URL(place.dataset.feed, location);
    feed.searchParams.set("start", startStr);
    feed.searchParams.set("end", endStr);
    fetch(feed).then((answer) => answer.json()).then((rows) => done(rows.map(asLocal)), fail);
  },
  droppable: place.dataset.may === "1",
  eventDurationEditable: false,
  dateClick: ({ dateStr }) => {
    if (place.dataset.may === "1") location.assign(`${place.dataset.new}?at=${encodeURIComponent(dateStr.slice(0, 16))}`);
  },
  eventDrop: async ({ event, revert }) => {
    const words = await send(event.extendedProps.move, event.start);
    if (words.problem) revert();
    tell(words);
  },
  eventReceive: async ({ event, draggedEl }) => {
    const moment = new Date(event.start);
    if (event.allDay) {
      const [hours, minutes] = draggedEl.dataset.time.split(":").map(Number);
      moment.setHours(hours, minutes);
    }
    const words = await send(draggedEl.dataset.drop, moment);
    event.remove();
    tell(words);
    if (words.problem) return;
    draggedEl.remove();
    grid.refetchEvents();
  },
  eventDidMount: ({ event, el }) => {
    if (event.extendedProps.bar) return;
    el.setAttribute("aria-keyshortcuts", event.startEditable ? "ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight" : "");
    el.addEventListener("keydown", (key) => {
      if (!event.startEditable || !["ArrowLeft", "ArrowRight"].includes(key.key)) return;
      key.preventDefault();
      shift(event, (key.key === "ArrowLeft" ? -1 : 1) * (key.shiftKey ? 7 : 1));
    });
  },
});

// Times are shown in the member's zone, which need not be the browser's: read them as they are written.
const asLocal = (row) => ({ ...row, start: row.start.slice(0, row.allDay ? 10 : 16) });

grid.render();
if (place.dataset.may === "1") {
  new FullCalendar.Draggable(document.getElementById("tray-cards"), {
    itemSelector: "[data-variant]",
    eventData: (card) => ({ title: card.dataset.title, extendedProps: { state: "planned" } }),
  });
}
for (const field of document.querySelectorAll("[data-submit-on-change] select")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
