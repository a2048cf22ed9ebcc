// Reads /metrics: Prometheus' text exposition format, version 0.0.4, more
// strictly than Prometheus does.
import assert from 'node:assert/strict';

const unescape = (text) => text.replace(/\\([\\"n])/g, (_, c) => (c === 'n' ? '\n' : c));

/** {name, labels, value, key} of a sample's line; key: name and labels. */
function sampleOf(line) {
  const match = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\d+(?:\.\d+)?)$/.exec(line);
  assert.ok(match, `is no sample: ${line}`);
  const [, name, labels = '', value] = match;
  assert.ok(!labels.endsWith(','), line);
  const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, unescape(text)]);
  assert.equal(new Set(pairs.map(([label]) => label)).size, pairs.length, `a label twice: ${line}`);
  return { name, labels: Object.fromEntries(pairs), value: Number(value), key: line.slice(0, line.lastIndexOf(' ')) };
}

/** Groups of a histogram's samples by their labels but le. */
function checkHistogram(family, samples) {
  const groups = new Map();
  for (const sample of samples) {
    const { le, ...rest } = sample.labels, key = JSON.stringify(rest);
    const kind = sample.name.slice(family.length + 1);
    assert.ok(['bucket', 'count', 'sum'].includes(kind) && (kind === 'bucket') === (le !== undefined), sample.key);
    if (!groups.has(key)) groups.set(key, { bucket: [] });
    if (kind === 'bucket') groups.get(key).bucket.push([le === '+Inf' ? Infinity : Number(le), sample.value]);
    else groups.get(key)[kind] = sample.value;
  }
  for (const [key, { bucket, count, sum }] of groups) {
    const [bounds, values] = [bucket.map(([le]) => le), bucket.map(([, value]) => value)];
    assert.deepEqual(bounds, [...new Set(bounds)].sort((a, b) => a - b), `${family} ${key}: bounds`);
    assert.deepEqual(values, [...values].sort((a, b) => a - b), `${family} ${key}: is not cumulative`);
    assert.equal(bounds.at(-1), Infinity, `${family} ${key}`);
    assert.equal(values.at(-1), count, `${family} ${key}: +Inf is not the count`);
    assert.ok(sum >= 0, `${family} ${key}: no sum`);
  }
}

/** The samples of a text; throws if it breaks the format. */
export function parse(text) {
  assert.ok(text.endsWith('\n'), 'the last line does not end');
  const samples = [], families = new Map();
  let family;
  for (const line of text.split('\n').slice(0, -1)) {
    const head = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (head?.[1] === 'HELP') {
      assert.ok(!families.has(head[2]), `${head[2]} comes twice`);
      families.set(family = head[2], { samples: [] });
    } else if (head) {
      assert.equal(head[2], family, `TYPE of ${head[2]} without its HELP`);
      assert.ok(['counter', 'gauge', 'histogram'].includes(head[3]), line);
      assert.equal(families.get(family).type, undefined, line);
      families.get(family).type = head[3];
    } else {
      const sample = sampleOf(line), { type, samples: own } = families.get(family) ?? {};
      assert.ok(type, `a sample without a family: ${line}`);
      assert.equal(type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name, family, line);
      own.push(sample);
      samples.push(sample);
    }
  }
  assert.equal(new Set(samples.map(({ key }) => key)).size, samples.length, 'a sample comes twice');
  for (const [name, { type, samples: own }] of families) {
    assert.match(name, /^orderzap_/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    if (type === 'histogram') checkHistogram(name, own);
  }
  return samples;
}

/** How to ask for figures: sum(name, {labels}), undefined if there is none; counts: the value by key. */
export function figuresOf(text) {
  const samples = parse(text);
  const find = (name, labels = {}) => samples.filter((s) => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v));
  return {
    find,
    sum: (name, labels) => {
      const found = find(name, labels);
      return found.length > 0 ? found.reduce((total, { value }) => total + value, 0) : undefined;
    },
    /** {key: value} of a family. */
    counts: (name) => Object.fromEntries(find(name).map(({ key, value }) => [key, value])),
  };
}
