// Draw every `[data-chart]`: its JSON lies in the <script type="application/json"> named by the attribute.
// Figures come in the light palette; in the dark theme each colour is replaced by its dark twin.

const isDark = () =>
  document.documentElement.dataset.bsTheme
    ? document.documentElement.dataset.bsTheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

const recolour = (value, twins) => {
  if (typeof value === "string") return twins.get(value) ?? value;
  if (Array.isArray(value)) return value.map((part) => recolour(part, twins));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, recolour(part, twins)]));
  }
  return value;
};

const draw = (place) => {
  const drawing = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const twins = new Map(isDark() ? Object.entries(drawing.light).map(([name, value]) => [value, drawing.dark[name]]) : []);
  const figure = recolour(drawing.figure, twins);
  figure.layout.xaxis.tickformat = document.documentElement.lang.startsWith("zh") ? "%-m-%d" : "%-d %b";
  figure.layout.font.family = getComputedStyle(document.body).fontFamily;
  Plotly.react(place, figure.data, figure.layout, drawing.config);
};

const drawAll = (root = document) => {
  for (const place of root.querySelectorAll("[data-chart]")) draw(place);
};

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
document.body.addEventListener("htmx:afterSettle", ({ detail }) => drawAll(detail.elt));
