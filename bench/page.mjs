// The result as one page with plots: no script, nothing from elsewhere.

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const round = (n) => (n >= 100 ? Math.round(n) : Number(n.toPrecision(3)));

const width = 460, bar = 16, gap = 6, left = 220;

/** Horizontal bars: rows are {name, parts: [{value, color, title}], label}, drawn to one scale. */
function bars(title, rows) {
  const most = Math.max(...rows.map((row) => row.parts.reduce((sum, p) => sum + p.value, 0)));
  const height = rows.length * (bar + gap);
  const drawn = rows.map((row, i) => {
    let x = left;
    const y = i * (bar + gap);
    const parts = row.parts.map((p) => {
      const w = p.value / most * width, rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${w.toFixed(1)}" height="${bar}" fill="${p.color}"><title>${escape(p.title)}</title></rect>`;
      x += w;
      return rect;
    });
    return `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${escape(row.name)}</text>${parts.join('')}<text x="${(x + 6).toFixed(1)}" y="${y + 12}">${escape(row.label)}</text>`;
  });
  return `<h2>${escape(title)}</h2><svg role="img" aria-label="${escape(title)}" viewBox="0 0 ${left + width + 150} ${height}">${drawn.join('')}</svg>`;
}

// Product and limit of a measurement, one below the other.
const rates = (list) => bars('Requests a second, above their limit', list.flatMap(({ name, product, limit, ratio }) => [
  { name, parts: [{ value: product.rate, color: '#1f6f8b', title: 'the product' }], label: `${round(product.rate)}/s${ratio ? `, ${ratio.toFixed(2)} of its limit` : ''}` },
  ...(limit ? [{ name: '', parts: [{ value: limit.rate, color: '#c9d6df', title: 'the limit' }], label: `${round(limit.rate)}/s` }] : []),
]));

const colors = { postgres: '#336791', orderzapd: '#d1603d', nginx: '#3f9b57', load: '#c9d6df' };
const cpu = (list) => bars(`CPU a request, microseconds: ${Object.keys(colors).join(', ')}`, list.map(({ name, product: { cpu_us: us } }) => ({
  name,
  parts: Object.entries(colors).map(([part, color]) => ({ value: us[part], color, title: `${part}: ${round(us[part])} us` })),
  label: `${round(Object.values(us).reduce((a, b) => a + b, 0))} us`,
})));

const times = (list) => bars('Milliseconds: half of the requests, and 99 of 100', list.map(({ name, product }) => ({
  name,
  parts: [{ value: product.p50_ms, color: '#1f6f8b', title: 'p50' }, { value: Math.max(product.p99_ms - product.p50_ms, 0), color: '#9cc5d3', title: 'p99' }],
  label: `${round(product.p50_ms)} / ${round(product.p99_ms)} ms`,
})));

/** result: as in bench-result.json; text: as in bench-result.txt. */
export function toHtml(result, text) {
  const of = (kind) => result.measurements.filter((m) => m.kind === kind);
  const section = (title, list) => (list.length > 0 ? `<h1>${title}</h1>${rates(list)}${times(list)}${cpu(list)}` : '');
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>OrderZap's bench</title>
<style>body{font:15px/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}svg{width:100%;font:12px sans-serif}pre{overflow-x:auto;font-size:12px}h2{font-size:1em}</style>
</head><body>
${section('Orders', of('order'))}${section('Menus', of('menu'))}${section('Reads and sign-ins', of('read'))}
<h1>All of it</h1><pre>${escape(text)}</pre>
</body></html>
`;
}
