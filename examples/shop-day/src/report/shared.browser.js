// @ts-nocheck: runs in the page, where `echarts` is a global and the workspace's types know no DOM.
// biome-ignore-all lint/correctness/noUnusedVariables: the page's other scripts call these.

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

function sat(amount) {
  return `${amount.toLocaleString('en-US')} sat`
}

/** 1.5M, 20k: for axes. */
function short(amount) {
  if (amount >= 1e6) return `${amount / 1e6}M`
  return amount >= 1e3 ? `${amount / 1e3}k` : `${amount}`
}

/** 3.64M, 47.7k: where there is no room for more. */
function rounded(amount) {
  if (amount >= 1e6) return `${(amount / 1e6).toPrecision(3)}M`
  return amount >= 1e3 ? `${(amount / 1e3).toPrecision(3)}k` : `${Math.round(amount)}`
}

/** What charts over time have in common; `span`: from, to, the axis' name and how a time is written. */
function timeChart(isNarrow, { from, to, name, write }) {
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
      min: from,
      max: to,
      name,
      nameLocation: 'middle',
      nameGap: 28,
      splitNumber: isNarrow ? 4 : 8,
      axisLabel: { ...axis.axisLabel, formatter: write },
      axisPointer: { label: { formatter: ({ value }) => write(value) } },
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

/** Where money went: `links` of names and sat; `paints` by name; what is in `ends` is labelled on its left. */
function moneyChart(isNarrow, { links, names, paints, ends }) {
  const used = links.filter(({ value }) => value > 0)
  const sum = (side, name) =>
    used.filter((link) => link[side] === name).reduce((total, { value }) => total + value, 0)
  const total = (name) => Math.max(sum('source', name), sum('target', name))
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
          isNarrow
            ? `${name}\n${rounded(total(name))}`
            : `${name}  ${sat(Math.round(total(name)))}`,
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
