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

// marked are the events within the periods from..to, each with its text in the page's language, the ones ahead first: they get labels first.
function marked(from, to, ahead) {
  const list = data.events.filter(([first, last]) => last >= from && first < to)
    .map(([first, last, en, zh, promotion, major]) => ({ major, first: Math.max(first, from), last: Math.min(last, to - 1), name: lang === 'zh' ? zh : en, colour: promotion ? 'var(--promotion)' : 'var(--festival)' }));
  const late = (e) => (e.first >= ahead ? 0 : 1);
  return list.sort((a, b) => late(a) - late(b) || (late(a) ? b.first - a.first : a.first - b.first));
}

// flags are the marks of events: a line down the chart (a band where it lasts), and above it the names that find room.
function flags(events, from, count, plotWidth) {
  const x = (i) => ((i - from) / Math.max(1, count - 1)) * plotWidth, lanes = [[], []];
  const lines = [], areas = [];
  for (const e of events) {
    const width = [...e.name].reduce((w, c) => w + (c > '\u2e80' ? 11.5 : 6.2), 8), at = x((e.first + e.last) / 2);
    const left = Math.min(Math.max(0, at - width / 2), plotWidth - width);
    const lane = !e.major ? -1 : lanes.findIndex((taken) => !taken.some(([a, b]) => left < b && left + width > a));
    lanes[lane]?.push([left, left + width]);
    const label = lane < 0 ? { show: false } : { show: true, formatter: e.name.replace(/[{}|]/g, ' '), position: 'end', distance: 5 + 14 * lane, offset: [left + width / 2 - at, 0], color: e.colour, fontSize: 11, rotate: 0 };
    lines.push({ xAxis: Math.round((e.first + e.last) / 2) - from, label, lineStyle: { color: e.colour, type: 'dotted', width: e.major ? 1.3 : 0.9, opacity: e.major ? 1 : 0.45 } });
    if (e.last > e.first && e.major) areas.push([{ xAxis: e.first - from, itemStyle: { color: e.colour, opacity: 0.08 } }, { xAxis: e.last - from }]);
  }
  return { lines, areas };
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
  if (s.quantiles) layers.push({ ...line, name: 'median', z: 4, lineStyle: { color: 'var(--median)', width: small ? 1.9 : 2.6, cap: 'round', join: 'round' }, data: edge(0.5) });
  const changed = (i) => s.adjusted?.[i - s.first];
  if (s.adjusted) layers.push({ ...line, name: 'adjusted', z: 5, symbol: 'diamond', showAllSymbol: true, symbolSize: small ? 6 : 9, itemStyle: { color: 'var(--adjusted)' }, lineStyle: { color: 'var(--adjusted)', width: small ? 1.4 : 2, type: 'dashed' }, data: numbers.map((i) => changed(i) ?? null) });
  const left = small ? 44 : 52, right = 14;
  const events = marked(from, to, s.first), marks = small ? { lines: [], areas: [] } : flags(events, from, to - from, width - left - right);
  const turns = s.turns.filter((t) => t.at > from && t.at < s.first); // where its level changed for good
  layers.push({ ...line, name: 'history', z: 3, lineStyle: { color: 'var(--history)', width: small ? 1.2 : 1.7 }, data: visible,
    markArea: marks.areas.length ? { silent: true, data: marks.areas } : undefined,
    markLine: { silent: true, symbol: 'none', animation: false, lineStyle: { color: 'var(--rule)', type: 'dashed', width: 1 },
      label: { show: false }, data: [{ xAxis: s.first - 1 - from }, ...turns.map((t) => ({ xAxis: t.at - from, lineStyle: { color: t.ratio > 1 ? 'var(--up)' : 'var(--down)', type: 'dashed', width: small ? 1 : 1.4 } })), ...marks.lines] } });
  element.classList.toggle('marked', !small && data.events.length > 0);
  const limit = bands.length > 1 ? cap([...visible, ...edge(exact(1 - bands[1])), ...(s.adjusted ?? [])], edge(exact(1 - bands[0])), small ? 2 : 4) : {};
  const labels = ticks(from, to, small ? Math.max(2, Math.floor(width / 90)) : Math.max(3, Math.floor(width / 78)));
  draw(element, {
    grid: { left, right, top: small ? 14 : data.events.length ? 46 : 18, bottom: 26 },
    tooltip: tooltip((points) => {
      const i = from + points[0].dataIndex, lines = [];
      if (known(at(i))) lines.push(row(say('actual'), value(at(i))));
      if (s.quantiles && i >= s.first && i < s.first + s.steps) {
        if (known(changed(i))) lines.push(row(say('adjusted'), value(changed(i))));
        lines.push(row(say('median'), value(quantile(s, i - s.first, 0.5))));
        for (const l of [...bands].reverse()) lines.push(row(percent(1 - 2 * l), value(quantile(s, i - s.first, l)) + ' – ' + value(quantile(s, i - s.first, exact(1 - l)))));
      }
      if (!small && known(at(i - data.year))) lines.push(row(say('year'), value(at(i - data.year))));
      const here = events.filter((e) => e.first <= i && i <= e.last).map((e) => `<div style="color:${e.colour}">${html(e.name)}</div>`);
      for (const t of turns) if (t.at === i) here.push(`<div style="color:var(--${t.ratio > 1 ? 'up' : 'down'})">${html(say('turn', change(t.ratio - 1)))}</div>`);
      return `<b>${html(period(i))}</b>${here.join('')}<table>${lines.join('')}</table>`;
    }),
    xAxis: { type: 'category', boundaryGap: false, data: numbers, axisTick: { show: false }, axisLine: { lineStyle: { color: 'var(--rule)' } },
      axisLabel: { ...axisText, interval: (k) => labels.has(from + k), formatter: (i) => labels.get(+i) ?? '', hideOverlap: true } },
    yAxis: { type: 'value', ...limit, splitNumber: small ? 2 : 4, axisLabel: { ...axisText, formatter: compact }, splitLine: { lineStyle: { color: 'var(--line)' } } },
    series: layers,
  });
  beyond(element, limit.max === undefined ? '' : say('beyond', percent(1 - 2 * bands[0]), compact(Math.max(...edge(exact(1 - bands[0])).filter(known)))));
}

