// The table of all series: searched, filtered and sorted in memory, one page of rows in the document at a time.
const pageSize = 25;
const view = { query: '', group: '', key: '', down: true, at: 0, rows: series };
const $ = (id) => document.getElementById(id);
const folded = series.map((s) => (s.name + ' ' + s.id).toLocaleLowerCase());

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
  view.at = 0;
  fill();
}

function fill() {
  const table = $('series'), moves = table.querySelector('[data-key="next"]') !== null;
  const shown = view.rows.slice(view.at, view.at + pageSize);
  table.tBodies[0].innerHTML = shown.map((s) => {
    const sign = known(s.change) ? (s.change >= 0 ? ' up' : ' down') : '';
    const cells = !s.quantiles
      ? `<td class="n none" colspan="${moves ? 2 : 1}">${html(say('abstain'))}</td>${moves ? '<td class="wide"></td><td class="wide"></td>' : ''}`
      : moves
        ? `<td class="n">${compact(s.next)}</td><td class="n wide">${known(s.low) ? compact(s.low) + ' – ' + compact(s.high) : '–'}</td><td class="n strong${sign}">${change(s.change)}</td><td class="n wide">${probability(s.rise)}</td>`
        : '';
    return `<tr><th scope="row"><button type="button" class="open" data-at="${series.indexOf(s)}"><bdi>${html(s.name)}</bdi></button>${s.name !== s.short ? `<small><bdi>${html(s.short)}</bdi></small>` : ''}</th>` +
      `<td class="wide">${spark(s)}</td><td class="n${moves ? ' wide' : ''}">${compact(s.last)}</td>${cells}<td class="wide"><span class="method" title="${html(s.method)}">${html(s.method)}</span></td></tr>`;
  }).join('') || `<tr><td class="none" colspan="8">${html(say('none'))}</td></tr>`;
  const n = view.rows.length;
  $('where').textContent = n ? say('page', value(view.at + 1), value(Math.min(n, view.at + pageSize)), value(n)) : '';
  $('before').textContent = say('before');
  $('after').textContent = say('after');
  $('before').disabled = view.at === 0;
  $('after').disabled = view.at + pageSize >= n;
  for (const th of table.tHead.querySelectorAll('[data-key]')) {
    if (th.dataset.key === view.key) th.setAttribute('aria-sort', view.down ? 'descending' : 'ascending');
    else th.removeAttribute('aria-sort');
  }
}

function listen() {
  let wait = 0;
  $('filters').addEventListener('submit', (e) => e.preventDefault());
  $('search').addEventListener('input', (e) => { clearTimeout(wait); wait = setTimeout(() => { view.query = e.target.value; choose(); }, 80); });
  $('group')?.addEventListener('change', (e) => { view.group = e.target.value; choose(); });
  $('series').tHead.addEventListener('click', (e) => {
    const key = e.target.closest('button') && e.target.closest('[data-key]')?.dataset.key;
    if (!key) return;
    view.down = view.key === key ? !view.down : key !== 'name' && key !== 'method';
    view.key = key;
    choose();
  });
  $('series').tBodies[0].addEventListener('click', (e) => { const b = e.target.closest('.open'); if (b) openDetail(series[+b.dataset.at]); });
  const turn = (by) => () => { view.at = Math.max(0, view.at + by); fill(); };
  $('before').addEventListener('click', turn(-pageSize));
  $('after').addEventListener('click', turn(pageSize));
}
