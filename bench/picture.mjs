/** Draws how the cost of a plan grows: a panel for each figure, ours beside the floor, on logarithmic scales, as an SVG without a library. */

const PANEL = { width: 330, height: 230, left: 62, right: 16, top: 34, bottom: 34 };
const SERIES = [
  { name: 'ours', color: '#1f6feb', dash: '' },
  { name: 'floor', color: '#6e7781', dash: '5 4' },
];

/**
 * @param {{ title: string, unit: string, points: { size: number, ours: number, floor: number }[] }[]} panels
 * @returns {string} the picture
 */
export function drawGrowth(panels) {
  const columns = 2;
  const rows = Math.ceil(panels.length / columns);
  const [width, height] = [columns * PANEL.width, rows * PANEL.height + 28];
  const drawn = panels.map((panel, index) => {
    const [x, y] = [(index % columns) * PANEL.width, Math.floor(index / columns) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${drawPanel(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="11">`,
    '<title>How the cost of a plan grows with the account, beside the floor</title>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    ...SERIES.map(({ name, color, dash }, index) => legend(name, color, dash, 20 + index * 90, height - 12)),
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, unit, points }) {
  const sizes = points.map(({ size }) => size);
  const values = points.flatMap(({ ours, floor }) => [ours, floor]);
  const x = scale(sizes, PANEL.left, PANEL.width - PANEL.right);
  const y = scale(values, PANEL.height - PANEL.bottom, PANEL.top);
  const marks = ticks(values).map(
    (value) =>
      `<line x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${y(value)}" y2="${y(value)}" stroke="#d0d7de"/>` +
      `<text x="${PANEL.left - 6}" y="${y(value) + 4}" text-anchor="end" fill="#57606a">${short(value)}</text>`,
  );
  const names = sizes.map(
    (size) =>
      `<text x="${x(size)}" y="${PANEL.height - 16}" text-anchor="middle" fill="#57606a">${short(size)}</text>`,
  );
  const lines = SERIES.map(({ name, color, dash }) => {
    const path = points.map((point) => `${x(point.size)},${y(point[name])}`).join(' ');
    const dots = points.map(
      (point) => `<circle cx="${x(point.size)}" cy="${y(point[name])}" r="2.5" fill="${color}"/>`,
    );
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.8" stroke-dasharray="${dash}"/>${dots.join('')}`;
  });
  const head = `<text x="${PANEL.left}" y="18" font-weight="600" fill="#1f2328">${title}${unit === '' ? '' : `, ${unit}`}</text>`;
  return [head, ...marks, ...names, ...lines].join('\n');
}

/** A logarithmic scale from the values to a range of pixels. */
function scale(values, from, to) {
  const positive = values.map((value) => Math.max(value, 0.1));
  const [low, high] = [Math.log10(Math.min(...positive)), Math.log10(Math.max(...positive))];
  const span = high - low || 1;
  return (value) =>
    Number((from + ((Math.log10(Math.max(value, 0.1)) - low) / span) * (to - from)).toFixed(1));
}

/** The powers of ten within the values; where they hold fewer than two, the ends. */
function ticks(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from({ length: 8 }, (_, exponent) => 10 ** exponent).filter(
    (power) => power >= low && power <= high,
  );
  return powers.length >= 2 ? powers : [Math.round(low), Math.round(high)];
}

function short(value) {
  return value >= 1000 ? `${Math.round(value / 100) / 10}k`.replace('.0k', 'k') : String(value);
}

function legend(name, color, dash, x, y) {
  return `<line x1="${x}" x2="${x + 26}" y1="${y - 4}" y2="${y - 4}" stroke="${color}" stroke-width="1.8" stroke-dasharray="${dash}"/><text x="${x + 32}" y="${y}" fill="#1f2328">${name}</text>`;
}
