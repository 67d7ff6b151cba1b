// The table of all series: searched, filtered and sorted in memory; only the rows in sight, and a few around them, are in the document.
const rowHeight = 50, spare = 8;
const view = { query: '', group: '', key: '', down: true, from: -1, to: -1, whole: false, rows: series };
const $ = (id) => document.getElementById(id);
const folded = series.map((s) => (s.name + ' ' + s.id).toLocaleLowerCase());
const rank = new Map(series.map((s, i) => [s, i]));

// spark is a small drawing of history and forecast; the numbers stand beside it.
function spark(s) {
  const width = 132, height = 34, history = s.history.slice(-40), steps = Math.min(s.steps, 20);
  const inner = s.levels.includes(0.1) ? 0.1 : s.levels[0], outer = s.levels[s.levels.length - 1 - s.levels.indexOf(inner)];
  const ahead = (level) => Array.from({ length: steps }, (_, h) => quantile(s, h, level));
  const low = ahead(inner), mid = ahead(0.5), high = ahead(outer);
  const all = [...history, ...low, ...high].filter(known);
  const lo = Math.min(0, ...all), hi = Math.max(0, ...all) || lo + 1, n = Math.max(2, history.length + steps);
  const at = (i, v) => (2 + ((width - 4) * i) / (n - 1)).toFixed(1) + ' ' + (height - 2 - ((height - 4) * (v - lo)) / (hi - lo || 1)).toFixed(1);
  let line = '', pen = 'M';
  history.forEach((v, i) => { if (known(v)) { line += pen + at(i, v); pen = 'L'; } else pen = 'M'; });
  const k = history.length, join = known(history[k - 1]) ? at(k - 1, history[k - 1]) : '';
  const path = (values) => values.map((v, h) => at(k + h, v));
  const points = (list) => (list.length ? 'M' + list.join('L') : '');
  const up = points([...(join ? [join] : []), ...path(high), ...path(low).reverse()]) + (steps ? 'Z' : '');
  return `<svg class="spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false"><path class="fan" d="${up}"/><path class="line" d="${line}"/><path class="mid" d="${points([...(join ? [join] : []), ...path(mid)])}"/></svg>`;
}

function choose() {
  const words = view.query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  view.rows = series.filter((s, i) => (!view.group || s.group === view.group) && words.every((w) => folded[i].includes(w)));
  if (view.key) {
    const collator = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en');
    const sign = view.down ? -1 : 1;
    view.rows.sort((a, b) => {
      const x = a[view.key], y = b[view.key];
      if (typeof x === 'string') return sign * collator.compare(x, y);
      if (!known(x) || !known(y)) return known(y) - known(x);
      return sign * (x - y);
    });
  }
  $('rows').scrollTop = 0;
  fill(true);
}

// line is the row of the table for one series, which is number k of those shown.
function line(s, k, moves) {
  const sign = known(s.change) ? (s.change >= 0 ? ' up' : ' down') : '';
  const cells = !s.quantiles
    ? `<td class="n none" colspan="${moves ? 2 : 1}">${html(say('abstain'))}</td>${moves ? '<td class="wide"></td><td class="wide"></td>' : ''}`
    : moves
      ? `<td class="n">${compact(s.next)}</td><td class="n wide">${known(s.low) ? compact(s.low) + ' – ' + compact(s.high) : '–'}</td><td class="n strong${sign}">${change(s.change)}</td><td class="n wide">${probability(s.rise)}</td>`
      : '';
  return `<tr aria-rowindex="${k + 2}"><th scope="row"><button type="button" class="open" data-at="${rank.get(s)}" data-row="${k}"><bdi>${html(s.name)}</bdi></button>${s.name !== s.short ? `<small><bdi>${html(s.short)}</bdi></small>` : ''}</th>` +
    `<td class="wide">${spark(s)}</td><td class="n${moves ? ' wide' : ''}">${compact(s.last)}</td>${cells}<td class="wide"><span class="method" title="${html(s.method)}">${html(s.method)}</span></td></tr>`;
}

// fill puts the rows in sight into the document, if they are not there already or must be made anew.
function fill(anew) {
  const table = $('series'), box = $('rows'), n = view.rows.length, columns = table.tHead.rows[0].cells.length;
  const first = Math.floor(box.scrollTop / rowHeight), seen = Math.ceil(Math.max(box.clientHeight, Math.min(700, 0.72 * innerHeight)) / rowHeight);
  let from = Math.max(0, first - spare), to = Math.min(n, first + seen + spare);
  if (view.whole) { from = 0; to = Math.min(n, 100); }
  if (!anew && from === view.from && to === view.to) return;
  view.from = from;
  view.to = to;
  const moves = table.querySelector('[data-key="next"]') !== null, focused = document.activeElement?.dataset?.row;
  const gap = (rows) => (rows > 0 && !view.whole ? `<tr class="gap" aria-hidden="true"><td colspan="${columns}" style="height:${rows * rowHeight}px"></td></tr>` : '');
  table.tBodies[0].innerHTML = n ? gap(from) + view.rows.slice(from, to).map((s, k) => line(s, from + k, moves)).join('') + gap(n - to)
    : `<tr><td class="none" colspan="${columns}">${html(say('none'))}</td></tr>`;
  table.setAttribute('aria-rowcount', n + 1);
  if (focused !== undefined) table.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
  $('where').textContent = n ? say('count', value(n)) : '';
  for (const th of table.tHead.querySelectorAll('[data-key]')) {
    if (th.dataset.key === view.key) th.setAttribute('aria-sort', view.down ? 'descending' : 'ascending');
    else th.removeAttribute('aria-sort');
  }
}

// step moves the focus to the row above or below, which may not be in the document yet.
function step(button, by) {
  const to = +button.dataset.row + by, box = $('rows');
  if (to < 0 || to >= view.rows.length) return;
  const head = $('series').tHead.offsetHeight, top = to * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  if (top + rowHeight + head > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight + head - box.clientHeight;
  fill();
  $('series').querySelector(`[data-row="${to}"]`)?.focus({ preventScroll: true });
}

// download saves the rows that are chosen, in their order, with all their numbers.
function download() {
  const cell = (v) => (!known(v) ? '' : typeof v === 'number' ? v : /[",\n]/.test(v) || /^[=+@-]/.test(v) ? '"' + (/^[=+@-]/.test(v) ? "'" : '') + v.replace(/"/g, '""') + '"' : v);
  const keys = ['id', 'name', 'group', 'method', 'last', 'next', 'low', 'high', 'change', 'rise'];
  const text = '\ufeff' + [keys, ...view.rows.map((s) => keys.map((k) => s[k]))].map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n';
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  a.download = 'series.csv';
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

function listen() {
  let wait = 0;
  $('filters').addEventListener('submit', (e) => e.preventDefault());
  $('search').addEventListener('input', (e) => { clearTimeout(wait); wait = setTimeout(() => { view.query = e.target.value; choose(); }, 80); });
  $('group')?.addEventListener('change', (e) => { view.group = e.target.value; choose(); });
  $('download').addEventListener('click', download);
  $('series').tHead.addEventListener('click', (e) => {
    const key = e.target.closest('button') && e.target.closest('[data-key]')?.dataset.key;
    if (!key) return;
    view.down = view.key === key ? !view.down : key !== 'name' && key !== 'method';
    view.key = key;
    choose();
  });
  const body = $('series').tBodies[0];
  body.addEventListener('click', (e) => { const b = e.target.closest('.open'); if (b) openDetail(series[+b.dataset.at]); });
  body.addEventListener('keydown', (e) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[e.key], b = e.target.closest('.open');
    if (by && b) { e.preventDefault(); step(b, by); }
  });
  $('rows').addEventListener('scroll', () => fill(), { passive: true });
}
