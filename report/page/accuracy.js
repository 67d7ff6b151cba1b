// Charts of how good earlier forecasts were.

// stepErrors draws the error by step of the chosen method beside the seasonal naive one: lines of {name, naive, steps: [[step, loss, low, high]]}.
function stepErrors(element, lines) {
  const layers = [], colour = (l) => (l.naive ? 'var(--year)' : 'var(--median)');
  for (const l of lines) {
    if (l.steps.some((x) => known(x[2]) && x[3] > x[2])) {
      const base = { type: 'line', symbol: 'none', silent: true, stack: 'ci' + l.name, stackStrategy: 'all', lineStyle: { opacity: 0 }, tooltip: { show: false } };
      layers.push({ ...base, data: l.steps.map((x) => x[2]) }, { ...base, data: l.steps.map((x) => (known(x[2]) ? x[3] - x[2] : null)), areaStyle: { color: colour(l), opacity: 0.17 } });
    }
    layers.push({ type: 'line', name: l.name, symbol: 'circle', symbolSize: l.steps.length > 30 ? 0 : 6, z: l.naive ? 3 : 4, lineStyle: { color: colour(l), width: 2.2, type: l.naive ? 'dashed' : 'solid' },
      itemStyle: { color: colour(l) }, endLabel: { show: true, formatter: l.name.replace(/[{}|]/g, ' '), color: colour(l), fontSize: 12, distance: 6 }, data: l.steps.map((x) => x[1]) });
  }
  const longest = Math.max(...lines.map((l) => l.name.length)), steps = lines[0].steps;
  draw(element, {
    grid: { left: 40, right: 14 + Math.min(140, 7 * longest), top: 16, bottom: 26 },
    tooltip: tooltip((points) => `<b>${html(say('step', steps[points[0].dataIndex][0]))}</b><table>` + lines.map((l) => {
      const x = l.steps[points[0].dataIndex];
      return x && known(x[1]) ? row(l.name, x[1].toFixed(3) + (known(x[2]) ? ` (${x[2].toFixed(3)} – ${x[3].toFixed(3)})` : '')) : '';
    }).join('') + '</table>'),
    xAxis: { type: 'category', data: steps.map((x) => x[0]), boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: 'var(--rule)' } }, axisLabel: axisText },
    yAxis: { type: 'value', min: 0, splitNumber: 4, axisLabel: { ...axisText, formatter: (v) => +v.toFixed(2) }, splitLine: { lineStyle: { color: 'var(--line)' } } },
    series: layers,
  });
}

// calibration draws the observed share of values below each quantile against its level: points of [level, observed].
function calibration(element, points) {
  const axis = (name) => ({ type: 'value', min: 0, max: 1, interval: 0.25, name, nameLocation: 'middle', nameTextStyle: axisText,
    axisLabel: { ...axisText, formatter: percent }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: 'var(--line)' } } });
  draw(element, {
    grid: { left: 62, right: 20, top: 12, bottom: 46 },
    tooltip: { ...tooltip((p) => `<table>${row(say('coverX'), percent(p.value[0]))}${row(say('coverY'), percent(p.value[1]))}</table>`), trigger: 'item' },
    xAxis: { ...axis(say('coverX')), nameGap: 28 }, yAxis: { ...axis(say('coverY')), nameGap: 46 },
    series: [
      { type: 'line', silent: true, symbol: 'none', lineStyle: { color: 'var(--faint)', type: 'dashed', width: 1.2 }, data: [[0, 0], [1, 1]] },
      { type: 'line', symbol: 'circle', symbolSize: 8, lineStyle: { color: 'var(--median)', width: 1.8 }, itemStyle: { color: 'var(--median)' }, data: points },
    ],
  });
}
