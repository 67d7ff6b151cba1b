// Charts. Colours are the page's own custom properties, so that light, dark and print need no redrawing.
const drawn = new Map(); // element -> chart

function draw(element, option) {
  let chart = drawn.get(element);
  if (!chart) {
    chart = echarts.init(element, null, { renderer: 'svg' });
    drawn.set(element, chart);
  }
  chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...option }, true);
  return chart;
}

const axisText = { color: 'var(--faint)', fontSize: 12 };
const tooltip = (formatter) => ({
  trigger: 'axis', confine: true, formatter, className: 'tip', padding: [8, 12], borderWidth: 1, backgroundColor: 'var(--paper)', borderColor: 'var(--rule)',
  textStyle: { color: 'var(--ink)', fontSize: 13 }, extraCssText: 'box-shadow:0 4px 16px rgb(0 0 0/.12);border-radius:8px',
  axisPointer: { type: 'line', lineStyle: { color: 'var(--rule)', type: 'solid' } },
});
const row = (name, text) => `<tr><td>${html(name)}</td><td>${html(text)}</td></tr>`;

// ticks chooses which periods from..to carry a label, at most about n: [number, text] by number.
function ticks(from, to, n) {
  const out = new Map(), count = to - from;
  const mark = (test, step) => {
    const list = [];
    for (let i = from; i < to; i++) if (test(moments[i], i > 0 ? moments[i - 1] : null, i)) list.push(i);
    return list.length <= n && list.length > 1 ? list.map((i, k) => [i, short(i, k === 0 && step === 'month' ? 'first' : step)]) : null;
  };
  const fresh = (every) => (t, before) => {
    const m = t.getUTCFullYear() * 12 + t.getUTCMonth();
    return m % every === 0 && (!before || before.getUTCFullYear() * 12 + before.getUTCMonth() !== m);
  };
  const tries = [];
  if (unitOfTime === 'hour') for (const k of [6, 12]) tries.push([(t) => t.getUTCHours() % k === 0, 'hour']);
  if (unitOfTime === 'hour' || unitOfTime === 'day' || (unitOfTime === 'week' && count < 14)) {
    for (const k of [1, 2, 7, 14]) tries.push([(t, before, i) => (unitOfTime !== 'hour' || t.getUTCHours() === 0) && Math.round(t / 864e5) % k === (k >= 7 ? 4 : 0) % k || (unitOfTime === 'week' && k === 1), 'day']);
  }
  if (unitOfTime !== 'year') for (const k of [1, 2, 3, 6]) tries.push([fresh(k), 'month']);
  for (const k of [1, 2, 5, 10, 20]) tries.push([(t, before) => t.getUTCFullYear() % k === 0 && (!before || before.getUTCFullYear() !== t.getUTCFullYear()), 'year']);
  for (const [test, step] of tries) {
    const list = mark(test, step);
    if (list) return new Map(list);
  }
  if (count > 0) out.set(from, period(from)).set(to - 1, period(to - 1));
  return out;
}

// cap is where the vertical axis ends, and its step, if the outermost band is so wide that it would flatten all the rest; {} if it is not.
function cap(inner, outer, n) {
  const top = 1.1 * Math.max(...inner.filter(known)), most = Math.max(...outer.filter(known));
  if (!(top > 0) || !(most > 1.4 * top)) return {};
  const power = 10 ** Math.floor(Math.log10(top / n));
  const interval = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= top / n);
  return { max: Math.ceil(top / interval) * interval, interval };
}

// beyond says in a corner of the chart how far a band reaches that the axis cuts.
function beyond(element, text) {
  let note = element.querySelector('.beyond');
  if (!note) {
    note = document.createElement('span');
    note.className = 'beyond';
    element.append(note);
  }
  note.textContent = text;
}

// fan draws a series: what was observed, and nested quantile bands around the median of the forecast.
function fan(element, s, size) {
  const small = size === 'small', width = element.clientWidth || 600;
  const keep = small ? 60 : Math.max(60, Math.min(400, Math.round(width / 6)));
  const from = Math.max(s.start, s.first - keep), to = Math.max(s.first + s.steps, s.start + s.history.length);
  const at = (i) => (i >= s.start && i < s.start + s.history.length ? s.history[i - s.start] : null);
  const numbers = Array.from({ length: to - from }, (_, k) => from + k);
  const visible = numbers.map(at);
  const join = at(s.first - 1);
  const bands = s.quantiles ? s.levels.filter((l) => l < 0.5) : [];
  const edge = (level) => numbers.map((i) => (i >= s.first && i < s.first + s.steps ? quantile(s, i - s.first, level) : i === s.first - 1 ? join : null));
  const line = { type: 'line', symbol: 'none', silent: true };
  const layers = [];
  // Bands are a stack: the lowest quantile, then the difference of each quantile to the one before.
  const stacked = [...bands, ...bands.map((l) => 1 - l).reverse()];
  const exact = (l) => s.levels.reduce((a, b) => (Math.abs(b - l) < Math.abs(a - l) ? b : a));
  const colours = { 1: ['--band2'], 2: ['--band2', '--band1'], 3: ['--band3', '--band2', '--band1'] }[bands.length] ?? [];
  let before = null;
  stacked.forEach((level, k) => {
    const values = edge(exact(level));
    const depth = k === 0 ? -1 : Math.min(k - 1, stacked.length - 1 - k);
    layers.push({ ...line, name: 'q' + k, stack: 'fan', stackStrategy: 'all', lineStyle: { opacity: 0 }, z: 1,
      data: values.map((v, n) => (known(v) ? (before ? v - before[n] : v) : null)), areaStyle: depth < 0 ? undefined : { color: `var(${colours[depth]})`, opacity: 1 } });
    before = values;
  });
  if (!small && data.year >= 2 && s.first - data.year >= s.start) {
    layers.push({ ...line, name: 'year', z: 2, lineStyle: { color: 'var(--year)', width: 1.6, type: 'dotted' }, data: numbers.map((i) => (i >= s.first - 1 ? at(i - data.year) : null)) });
  }
  if (s.quantiles) layers.push({ ...line, name: 'median', z: 4, lineStyle: { color: 'var(--median)', width: small ? 1.8 : 2.4 }, data: edge(0.5) });
  layers.push({ ...line, name: 'history', z: 3, lineStyle: { color: 'var(--history)', width: small ? 1.2 : 1.6 }, data: visible,
    markLine: small ? undefined : { silent: true, symbol: 'none', animation: false, lineStyle: { color: 'var(--rule)', type: 'dashed', width: 1 },
      label: { show: false }, data: [{ xAxis: s.first - 1 - from }] } });
  const limit = bands.length > 1 ? cap([...visible, ...edge(exact(1 - bands[1]))], edge(exact(1 - bands[0])), small ? 2 : 4) : {};
  const marks = ticks(from, to, small ? Math.max(2, Math.floor(width / 90)) : Math.max(3, Math.floor(width / 78)));
  draw(element, {
    grid: { left: small ? 44 : 52, right: 14, top: small ? 12 : 16, bottom: 26 },
    tooltip: tooltip((points) => {
      const i = from + points[0].dataIndex, lines = [];
      if (known(at(i))) lines.push(row(say('actual'), value(at(i))));
      if (s.quantiles && i >= s.first && i < s.first + s.steps) {
        lines.push(row(say('median'), value(quantile(s, i - s.first, 0.5))));
        for (const l of [...bands].reverse()) lines.push(row(percent(1 - 2 * l), value(quantile(s, i - s.first, l)) + ' – ' + value(quantile(s, i - s.first, exact(1 - l)))));
      }
      if (!small && known(at(i - data.year))) lines.push(row(say('year'), value(at(i - data.year))));
      return `<b>${html(period(i))}</b><table>${lines.join('')}</table>`;
    }),
    xAxis: { type: 'category', boundaryGap: false, data: numbers, axisTick: { show: false }, axisLine: { lineStyle: { color: 'var(--rule)' } },
      axisLabel: { ...axisText, interval: (k) => marks.has(from + k), formatter: (i) => marks.get(+i) ?? '', hideOverlap: true } },
    yAxis: { type: 'value', ...limit, splitNumber: small ? 2 : 4, axisLabel: { ...axisText, formatter: compact }, splitLine: { lineStyle: { color: 'var(--line)' } } },
    series: layers,
  });
  beyond(element, limit.max === undefined ? '' : say('beyond', percent(1 - 2 * bands[0]), compact(Math.max(...edge(exact(1 - bands[0])).filter(known)))));
}

// steps draws the error by step of the chosen method beside the seasonal naive one.
function stepErrors(element) {
  const a = data.accuracy;
  const lines = [[a.naiveSteps, a.naive, 'var(--year)', 'dashed'], [a.steps, a.chosen, 'var(--median)', 'solid']].filter(([x]) => x.length);
  const layers = [], unfold = (x) => Array.from({ length: x.length / 4 }, (_, k) => x.slice(4 * k, 4 * k + 4));
  for (const [flat, name, colour, type] of lines) {
    const points = unfold(flat);
    if (points.every((x) => known(x[2]) && x[3] > x[2])) {
      const base = { type: 'line', symbol: 'none', silent: true, stack: 'ci' + name, stackStrategy: 'all', lineStyle: { opacity: 0 }, tooltip: { show: false } };
      layers.push({ ...base, data: points.map((x) => x[2]) }, { ...base, data: points.map((x) => x[3] - x[2]), areaStyle: { color: colour, opacity: 0.16 } });
    }
    layers.push({ type: 'line', name, symbol: 'circle', symbolSize: points.length > 30 ? 0 : 5, lineStyle: { color: colour, width: 2, type }, itemStyle: { color: colour },
      endLabel: { show: true, formatter: name, color: colour, fontSize: 12, distance: 6 }, data: points.map((x) => x[1]) });
  }
  const longest = Math.max(...lines.map(([, name]) => name.length));
  const table = unfold(lines[0][0]);
  draw(element, {
    grid: { left: 40, right: 14 + Math.min(140, 7 * longest), top: 16, bottom: 26 },
    tooltip: tooltip((points) => `<b>${html(say('step', table[points[0].dataIndex][0]))}</b><table>` +
      lines.map(([flat, name]) => unfold(flat)[points[0].dataIndex]).map((x, k) => (x ? row(lines[k][1], x[1]?.toFixed(3)) : '')).join('') + '</table>'),
    xAxis: { type: 'category', data: table.map((x) => x[0]), boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: 'var(--rule)' } }, axisLabel: axisText },
    yAxis: { type: 'value', min: 0, splitNumber: 4, axisLabel: { ...axisText, formatter: (v) => +v.toFixed(2) }, splitLine: { lineStyle: { color: 'var(--line)' } } },
    series: layers,
  });
}

// calibration draws the observed share of values below each quantile against its level.
function calibration(element) {
  const flat = data.accuracy.coverage, points = [];
  for (let k = 0; k < flat.length; k += 2) points.push([flat[k], flat[k + 1]]);
  const axis = (name) => ({ type: 'value', min: 0, max: 1, interval: 0.25, name, nameLocation: 'middle', nameTextStyle: axisText,
    axisLabel: { ...axisText, formatter: percent }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: 'var(--line)' } } });
  draw(element, {
    grid: { left: 62, right: 20, top: 12, bottom: 46 },
    tooltip: { ...tooltip((p) => `<table>${row(say('coverX'), percent(p.value[0]))}${row(say('coverY'), percent(p.value[1]))}</table>`), trigger: 'item' },
    xAxis: { ...axis(say('coverX')), nameGap: 28 }, yAxis: { ...axis(say('coverY')), nameGap: 46 },
    series: [
      { type: 'line', silent: true, symbol: 'none', lineStyle: { color: 'var(--rule)', type: 'dashed', width: 1.5 }, data: [[0, 0], [1, 1]] },
      { type: 'line', symbol: 'circle', symbolSize: 8, lineStyle: { color: 'var(--median)', width: 1.6 }, itemStyle: { color: 'var(--median)' }, data: points },
    ],
  });
}
