// The page: draws what is in view, switches language and theme, shows one series in full.
const dialog = $('detail');
let open = null;

function openDetail(s) {
  open = s;
  $('detailName').textContent = s.name;
  $('detailClose').textContent = say('close');
  $('detailAbout').textContent = [s.name !== s.short ? s.short : '', groupName(s.group), s.method, s.reason].filter(Boolean).join(' · ');
  if (!dialog.open) dialog.showModal();
  fan($('detailChart'), s, 'lead');
  drawn.get($('detailChart')).resize();
  const steps = Array.from({ length: s.steps }, (_, h) => h);
  $('detailNumbers').innerHTML = s.quantiles
    ? `<thead><tr><th scope="col">${html(say('period'))}</th>${s.levels.map((l) => `<th scope="col" class="n">${percent(l)}</th>`).join('')}</tr></thead><tbody>` +
      steps.map((h) => `<tr><th scope="row">${html(period(s.first + h))}</th>${s.levels.map((l) => `<td class="n">${value(quantile(s, h, l))}</td>`).join('')}</tr>`).join('') + '</tbody>'
    : `<tbody><tr><td>${html(say('abstain'))}</td></tr></tbody>`;
}
$('detailClose').addEventListener('click', () => dialog.close());
dialog.addEventListener('click', (e) => { if (e.target === dialog) dialog.close(); });
dialog.addEventListener('close', () => { open = null; });

function drawAll() {
  for (const [element, at] of Object.entries(data.charts)) fan($(element), series[at], $(element).classList.contains('small') ? 'small' : 'lead');
  if ($('steps')) stepErrors($('steps'));
  if ($('cover')) calibration($('cover'));
}

function speak() {
  root.dataset.lang = lang;
  root.lang = lang === 'zh' ? 'zh-Hans' : 'en';
  const group = $('group');
  if (group) for (const o of group.options) o.textContent = o.value ? groupName(o.value) : say('everyone');
  fill();
  drawAll();
  if (open) openDetail(open);
}

$('lang').addEventListener('click', () => { lang = lang === 'zh' ? 'en' : 'zh'; speak(); });
$('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
});
$('print').addEventListener('click', () => print());
for (const b of document.querySelectorAll('[data-series]')) b.addEventListener('click', () => openDetail(series[data.charts[b.dataset.series]]));

const fit = () => { for (const [element, chart] of drawn) if (element.clientWidth) chart.resize(); };
addEventListener('beforeprint', fit);
addEventListener('afterprint', fit);
let width = innerWidth, wait = 0;
addEventListener('resize', () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(wait);
  wait = setTimeout(() => { fit(); drawAll(); if (open) openDetail(open); }, 120);
});

listen();
speak();
root.dataset.ready = 'yes';
