// Chart of how networks learned: lines of {network, train: [[step, loss]], validation}. Network 0 was trained to find out how.
function training(element, lines) {
  const layers = [], name = (l) => (l.network ? say('network', l.network) : say('scout'));
  for (const l of lines) {
    const colour = l.network ? 'var(--median)' : 'var(--faint)';
    const base = { type: 'line', symbol: 'none', itemStyle: { color: colour } };
    layers.push({ ...base, name: name(l), z: 3, lineStyle: { color: colour, width: 1.8, opacity: l.network ? 0.75 : 1 }, data: l.train });
    if (l.validation) layers.push({ ...base, name: name(l) + ', ' + say('validation'), z: 4, lineStyle: { color: 'var(--year)', width: 2.2, type: 'dashed' }, itemStyle: { color: 'var(--year)' },
      endLabel: { show: true, formatter: say('validation'), color: 'var(--year)', fontSize: 12, distance: 6 }, data: l.validation });
  }
  draw(element, {
    grid: { left: 48, right: lines.some((l) => l.validation) ? 80 : 24, top: 16, bottom: 44 },
    tooltip: tooltip((points) => `<b>${html(say('trainStep', value(points[0].value[0])))}</b><table>` + points.map((p) => row(p.seriesName, p.value[1].toFixed(4))).join('') + '</table>'),
    xAxis: { type: 'value', min: 0, max: 'dataMax', name: say('trainSteps'), nameLocation: 'middle', nameGap: 28, nameTextStyle: axisText, axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--rule)' } }, axisLabel: axisText, splitLine: { show: false } },
    yAxis: { type: 'value', scale: true, splitNumber: 4, axisLabel: { ...axisText, formatter: (v) => +v.toFixed(3) }, splitLine: { lineStyle: { color: 'var(--line)' } } },
    series: layers,
  });
}
