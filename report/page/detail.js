// One series in full.
const dialog = $('detail');
let open = null;

function openDetail(s) {
  open = s;
  $('detailName').textContent = s.name;
  $('detailClose').textContent = say('close');
  $('detailAbout').textContent = [s.name !== s.short ? s.short : '', groupName(s.group), s.method, s.reason].filter(Boolean).join(' · ');
  const figure = (name, text, remark, sign) => `<div><dt>${html(name)}</dt><dd><strong class="${sign || ''}">${html(text)}</strong><span>${html(remark || '')}</span></dd></div>`;
  const list = [figure(say('last'), compact(s.last))];
  if (known(s.next)) list.push(figure(say('next', s.steps), compact(s.next), known(s.low) ? say('range', compact(s.low), compact(s.high)) : ''));
  if (known(s.change)) list.push(figure(say('change'), change(s.change), '', s.change >= 0 ? 'up' : 'down'), figure(say('rise'), probability(s.rise)));
  $('detailFigures').innerHTML = list.join('');
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
