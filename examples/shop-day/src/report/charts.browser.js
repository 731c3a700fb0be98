// @ts-nocheck: runs in the page, where `echarts` is a global and the workspace's types know no DOM.
const data = JSON.parse(document.getElementById('data').textContent)
const charts = ['liquidity', 'owed', 'payments', 'flows'].map((id) => ({
  id,
  chart: echarts.init(document.getElementById(id), null, { renderer: 'svg' }),
}))

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

function clock(at) {
  return new Date(at).toISOString().slice(11, data.isPrecise ? 19 : 16)
}

function sat(amount) {
  return `${amount.toLocaleString('en-US')} sat`
}

/** 1.5M, 20k: for axes. */
function short(amount) {
  if (amount >= 1e6) return `${amount / 1e6}M`
  return amount >= 1e3 ? `${amount / 1e3}k` : `${amount}`
}

/** What the charts over time have in common. */
function overTime(isNarrow) {
  const axis = {
    axisLine: { lineStyle: { color: color('line') } },
    axisLabel: { color: color('soft'), hideOverlap: true },
    nameTextStyle: { color: color('soft') },
  }
  return {
    useUTC: true,
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    legend: { top: 0, left: 0, icon: 'roundRect', textStyle: { color: color('ink') } },
    grid: { left: 52, right: 20, top: 64, bottom: 44 },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: color('card'),
      borderColor: color('line'),
      textStyle: { color: color('ink') },
    },
    xAxis: {
      ...axis,
      type: 'time',
      min: data.from,
      max: data.to,
      name: data.isPrecise ? 'time (UTC)' : 'time of day (UTC)',
      nameLocation: 'middle',
      nameGap: 28,
      splitNumber: isNarrow ? 4 : 8,
      axisLabel: { ...axis.axisLabel, formatter: clock },
      axisPointer: { label: { formatter: ({ value }) => clock(value) } },
    },
    yAxis: {
      ...axis,
      name: 'sat',
      nameGap: 14,
      nameTextStyle: { color: color('soft'), align: 'right' },
      axisLabel: { ...axis.axisLabel, formatter: short },
      splitLine: { lineStyle: { color: color('line') } },
    },
  }
}

/** Kills as lines and LND's absences as bands, on one series. */
function troubles() {
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: color('red'), type: 'dashed', width: 1.5 },
      data: data.kills.map((at) => ({ xAxis: at })),
    },
    markArea: {
      silent: true,
      itemStyle: { color: color('band') },
      data: data.outages.map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]),
    },
  }
}

function step(name, paint, values, more) {
  return {
    name,
    type: 'line',
    step: 'end',
    symbol: 'none',
    color: paint,
    lineStyle: { width: 2 },
    data: data.samples.map((sample) => [sample.at, values(sample)]),
    tooltip: { valueFormatter: (value) => (value === null ? 'unknown' : sat(value)) },
    ...more,
  }
}

function liquidity(isNarrow) {
  return {
    ...overTime(isNarrow),
    series: [
      step('can receive', color('green'), ({ receivable }) => receivable, troubles()),
      step('can send', color('blue'), ({ sendable }) => sendable),
    ],
  }
}

function owed(isNarrow) {
  const paints = ['orange', 'green', 'purple', 'blue']
  return {
    ...overTime(isNarrow),
    series: data.partners.map((partner, index) =>
      step(partner, color(paints[index % paints.length]), (sample) => sample.owed[index], {
        stack: 'owed',
        areaStyle: { opacity: 0.35 },
        lineStyle: { width: 1 },
      }),
    ),
  }
}

function payments(isNarrow) {
  const base = overTime(isNarrow)
  const marks = [
    ['in', 'customer paid', 'circle', 'green'],
    ['out', 'paid out', 'triangle', 'blue'],
    ['failed', 'failed', 'diamond', 'red'],
  ]
  return {
    ...base,
    legend: { ...base.legend, icon: undefined },
    tooltip: {
      ...base.tooltip,
      trigger: 'item',
      formatter: ({ seriesName, value: [at, amount, partner] }) =>
        `${clock(at)} ${partner}<br>${sat(amount)} ${seriesName}`,
    },
    yAxis: { ...base.yAxis, type: 'log', min: 1000 },
    series: marks.map(([kind, name, symbol, paint], index) => ({
      name,
      type: 'scatter',
      symbol,
      symbolSize: kind === 'in' ? 9 : 13,
      color: color(paint),
      itemStyle: { opacity: 0.75 },
      data: data.payments
        .filter((payment) => payment.kind === kind)
        .map(({ at, amount, partner }) => [at, amount, partner]),
      ...(index === 0 ? troubles() : {}),
    })),
  }
}

function flows(isNarrow) {
  const links = data.flows.flatMap(({ partner, received, paidOut, fees, owed: still }) => [
    { source: 'customers paid', target: partner, value: received },
    { source: partner, target: 'paid out', value: paidOut },
    { source: partner, target: 'routing fees', value: fees },
    { source: partner, target: 'still owed', value: still },
  ])
  const used = links.filter(({ value }) => value > 0)
  const paints = {
    'customers paid': 'green',
    'paid out': 'blue',
    'routing fees': 'red',
    'still owed': 'purple',
  }
  const ends = ['paid out', 'routing fees', 'still owed']
  const total = (name) =>
    used
      .filter(({ source, target }) => (name === 'customers paid' ? source : target) === name)
      .reduce((sum, { value }) => sum + value, 0)
  const names = ['customers paid', ...data.partners, ...ends]
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    tooltip: {
      confine: true,
      backgroundColor: color('card'),
      borderColor: color('line'),
      textStyle: { color: color('ink') },
      valueFormatter: sat,
    },
    series: {
      type: 'sankey',
      left: 4,
      right: 4,
      top: 12,
      bottom: 12,
      nodeWidth: 14,
      nodeGap: isNarrow ? 44 : 32,
      draggable: false,
      layoutIterations: 0,
      emphasis: { focus: 'adjacency' },
      lineStyle: { color: 'gradient', opacity: 0.3 },
      label: {
        color: color('ink'),
        textBorderColor: color('card'),
        textBorderWidth: 3,
        fontSize: isNarrow ? 11 : 13,
        lineHeight: 16,
        formatter: ({ name }) =>
          isNarrow ? `${name}\n${sat(total(name))}` : `${name}  ${sat(total(name))}`,
      },
      data: names
        .filter((name) => total(name) > 0)
        .map((name) => ({
          name,
          itemStyle: { color: color(paints[name] ?? 'orange') },
          label: { position: ends.includes(name) ? 'left' : 'right' },
        })),
      links: used,
    },
  }
}

const builders = { liquidity, owed, payments, flows }
function draw() {
  const isNarrow = window.innerWidth < 600
  for (const { id, chart } of charts) {
    chart.resize()
    chart.setOption(builders[id](isNarrow), true)
  }
}
draw()
window.addEventListener('resize', draw)
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
