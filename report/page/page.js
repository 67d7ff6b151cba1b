// The page: draws, switches language and theme, prints, and shows where one is.
const kinds = { stepErrors, calibration, training };

function drawAll() {
  for (const [element, at] of Object.entries(data.charts)) fan($(element), series[at], $(element).classList.contains('small') ? 'small' : 'lead');
  for (const d of data.drawings ?? []) kinds[d.kind]($(d.element), d.data);
}

function speak() {
  root.dataset.lang = lang;
  root.lang = lang === 'zh' ? 'zh-Hans' : 'en';
  const group = $('group');
  if (group) for (const o of group.options) o.textContent = o.value ? groupName(o.value) : say('everyone');
  fill(true);
  drawAll();
  if (open) openDetail(open);
}

$('lang').addEventListener('click', () => { lang = lang === 'zh' ? 'en' : 'zh'; speak(); });
$('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
});
$('print').addEventListener('click', () => print());
$('copy')?.addEventListener('click', async (e) => {
  const button = e.currentTarget, range = document.createRange();
  range.selectNodeContents($('command'));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  try {
    await navigator.clipboard.writeText($('command').textContent);
    const before = button.innerHTML;
    button.textContent = say('copied');
    setTimeout(() => { button.innerHTML = before; }, 1500);
  } catch { /* it is selected: the keyboard copies it */ }
});
for (const b of document.querySelectorAll('[data-series]')) b.addEventListener('click', () => openDetail(series[data.charts[b.dataset.series]]));

const fit = () => { for (const [element, chart] of drawn) if (element.clientWidth) chart.resize(); };
addEventListener('beforeprint', () => { view.whole = true; fill(true); fit(); });
addEventListener('afterprint', () => { view.whole = false; fill(true); fit(); });
let width = innerWidth, wait = 0;
addEventListener('resize', () => {
  fill();
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(wait);
  wait = setTimeout(() => { fit(); drawAll(); fill(true); if (open) openDetail(open); }, 120);
});

// The section one reads is marked in the navigation.
const links = new Map([...document.querySelectorAll('.sections a')].map((a) => [a.hash.slice(1), a]));
const reading = new IntersectionObserver((entries) => {
  for (const e of entries) {
    if (!e.isIntersecting) continue;
    for (const a of links.values()) a.removeAttribute('aria-current');
    const a = links.get(e.target.id), list = a?.closest('ul');
    a?.setAttribute('aria-current', 'true');
    if (list && list.scrollWidth > list.clientWidth) list.scrollLeft = a.offsetLeft - list.clientWidth / 3;
  }
}, { rootMargin: '-30% 0px -60% 0px' });
for (const id of links.keys()) reading.observe($(id));
listen();
speak();
root.dataset.ready = 'yes';
