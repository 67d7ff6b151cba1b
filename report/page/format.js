// Numbers, dates and texts in the page's language, and the data of the page.
const root = document.documentElement;
const data = JSON.parse(document.getElementById('data').textContent);
const texts = JSON.parse(document.getElementById('texts').textContent);
let lang = root.dataset.lang;

const say = (key, ...args) => (texts[lang][key] ?? key).replace(/\{(\d)\}/g, (_, i) => args[i]);
const groupName = (g) => texts[lang]['group.' + g] ?? g;

const formats = {};
function numberFormat(options) {
  const key = lang + JSON.stringify(options);
  return (formats[key] ??= new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', options));
}
const minus = (s) => s.replace('-', '−');
const known = (v) => v !== null && v !== undefined;

// value writes a quantity; compact the same with the language's large units; both to about three significant digits.
function value(v) {
  if (!known(v)) return '–';
  if (Math.abs(v) >= 1e15) return minus(v.toExponential(2).replace('e+', 'e'));
  const digits = Math.abs(v) >= 100 || Number.isInteger(v) ? 0 : Math.abs(v) >= 10 ? 1 : Math.abs(v) >= 1 ? 2 : 3;
  return minus(numberFormat({ maximumFractionDigits: digits }).format(v));
}
function compact(v) {
  if (!known(v)) return '–';
  const units = lang === 'zh' ? [[1e8, '亿'], [1e4, '万']] : [[1e9, 'B'], [1e6, 'M'], [1e3, 'K']];
  for (const [size, name] of Math.abs(v) < 1e15 ? units : []) {
    if (Math.abs(v) / size >= 0.9995) return minus(numberFormat({ maximumSignificantDigits: 3 }).format(v / size)) + name;
  }
  return value(v);
}
function change(v) {
  if (!known(v)) return '–';
  if (v >= 10) return '×' + value(Math.round(v + 1));
  const digits = Math.abs(v) < 0.0995 ? 1 : 0;
  return (v > 0 && v.toFixed(4) > 0 ? '+' : '') + minus(numberFormat({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(v));
}
const probability = (p) => (!known(p) ? '–' : p < 0.01 ? '<1%' : p > 0.99 ? '>99%' : Math.round(p * 100) + '%');
const percent = (v) => +(v * 100).toFixed(1) + '%';

const units = { h: 'hour', D: 'day', W: 'week', M: 'month', Q: 'quarter', Y: 'year' };
const unitOfTime = units[data.unitOfTime];
const moments = data.stamps.map((s) => new Date(s + (s.length > 10 ? ':00Z' : 'T00:00:00Z')));
const months = Array.from({ length: 12 }, (_, m) => new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2001, m, 15))).slice(0, 3));

// period names the period with number i, in full; short names it on an axis.
function period(i) {
  const t = moments[i], y = t.getUTCFullYear(), m = t.getUTCMonth(), d = t.getUTCDate();
  const zh = lang === 'zh';
  if (unitOfTime === 'year') return zh ? y + '年' : '' + y;
  if (unitOfTime === 'quarter') return zh ? `${y}年第${Math.floor(m / 3) + 1}季度` : `Q${Math.floor(m / 3) + 1} ${y}`;
  if (unitOfTime === 'month') return zh ? `${y}年${m + 1}月` : `${months[m]} ${y}`;
  const day = zh ? `${y}年${m + 1}月${d}日` : `${d} ${months[m]} ${y}`;
  return unitOfTime === 'hour' ? day + ' ' + data.stamps[i].slice(11) : day;
}
function short(i, step) {
  const t = moments[i], y = t.getUTCFullYear(), m = t.getUTCMonth(), d = t.getUTCDate();
  const zh = lang === 'zh';
  if (step === 'year') return zh ? y + '年' : '' + y;
  if (step === 'hour') return data.stamps[i].slice(11);
  if (step === 'day') return zh ? `${m + 1}月${d}日` : `${d} ${months[m]}`;
  return zh ? (m === 0 || step === 'first' ? `${y}年${m + 1}月` : `${m + 1}月`) : m === 0 || step === 'first' ? `${months[m]} ${y}` : months[m];
}

const html = (s) => String(s).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

// A series of the payload by name of its fields.
const series = data.series.map(([id, name, group, method, start, history, first, detail, quantiles, last, next, low, high, relative, rise, reason], i) => ({
  adjusted: data.adjusted[i],
  turns: (data.turns[i] ?? []).map(([at, ratio]) => ({ at, ratio })),
  id, short: id.startsWith(group + '=') ? id.slice(group.length + 1) : id, get name() { return id === data.total ? groupName(name || id) : name || id; }, group, method, start, history, first, levels: data.levels[detail], quantiles, last, next, low, high, change: relative, rise, reason,
  steps: quantiles ? quantiles.length / data.levels[detail].length : 0,
}));
const quantile = (s, h, level) => s.quantiles[h * s.levels.length + s.levels.indexOf(level)];
