// @ts-nocheck: runs in the page, where `echarts` is a global and the workspace's types know no DOM.
const data = JSON.parse(document.getElementById('data').textContent)
const charts = ['channels', 'liquidity', 'owed', 'payments', 'flows'].map((id) => ({
  id,
  chart: echarts.init(document.getElementById(id), null, { renderer: 'svg' }),
}))

function clock(at) {
  return new Date(at).toISOString().slice(11, data.isPrecise ? 19 : 16)
}

function overTime(isNarrow) {
  const name = data.isPrecise ? 'time (UTC)' : 'time of day (UTC)'
  return timeChart(isNarrow, { from: data.from, to: data.to, name, write: clock })
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

const states = {
  opening: 'is opening',
  active: 'can be used',
  inactive: 'cannot be used now',
  closing: 'is closing',
}

/** A bar over time for each channel, in the colour of what it was. */
function channels(isNarrow) {
  const base = overTime(isNarrow)
  const labels = data.channels.map(({ label }, index) => `${index}/${label}`)
  const bars = data.channels.flatMap(({ phases, isOurs, label }, row) =>
    phases.map(({ state, from, to }) => ({ value: [from, to, row], state, isOurs, label })),
  )
  const ends = data.channels.flatMap(({ endedAt, endedBecause, label }, row) =>
    endedAt === null ? [] : [{ value: [endedAt, row], endedBecause, label }],
  )
  const style = ({ state, isOurs }) => {
    const own = color(isOurs ? 'green' : 'blue')
    if (state === 'opening') return { fill: 'transparent', stroke: own, lineWidth: 1.5 }
    return { fill: state === 'active' ? own : color(state === 'closing' ? 'orange' : 'gone') }
  }
  const bar = ({ dataIndex, coordSys }, api) => {
    const [left, y] = api.coord([api.value(0), api.value(2)])
    const [right] = api.coord([api.value(1), api.value(2)])
    const height = Math.min(14, api.size([0, 1])[1] * 0.6)
    const shape = { x: left, y: y - height / 2, width: Math.max(2, right - left), height }
    return {
      type: 'rect',
      shape: echarts.graphic.clipRectByRect(shape, coordSys),
      style: style(bars[dataIndex]),
    }
  }
  return {
    ...base,
    legend: undefined,
    grid: { ...base.grid, left: isNarrow ? 96 : 124, top: 8 },
    tooltip: {
      ...base.tooltip,
      trigger: 'item',
      formatter: ({ data: { value, state, label, endedBecause } }) =>
        state === undefined
          ? `${clock(value[0])} ${label}: ${endedBecause}`
          : `${label} ${states[state]}<br>${clock(value[0])} – ${clock(value[1])}`,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: labels,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: color('ink'),
        interval: 0,
        formatter: (label) => label.slice(label.indexOf('/') + 1),
      },
      splitLine: { show: true, lineStyle: { color: color('line') } },
    },
    series: [
      { type: 'custom', renderItem: bar, encode: { x: [0, 1], y: 2 }, data: bars, clip: true },
      {
        type: 'scatter',
        symbol: 'diamond',
        symbolSize: 12,
        color: color('red'),
        data: ends,
        ...troubles(),
      },
    ],
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
  const paints = {
    'customers paid': 'green',
    'paid out': 'blue',
    'routing fees': 'red',
    'still owed': 'purple',
  }
  const ends = ['paid out', 'routing fees', 'still owed']
  const names = ['customers paid', ...data.partners, ...ends]
  return moneyChart(isNarrow, { links, names, paints, ends })
}

const builders = { channels, liquidity, owed, payments, flows }
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
