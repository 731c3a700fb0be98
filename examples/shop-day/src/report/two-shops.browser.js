// @ts-nocheck: runs in the page, where `echarts` is a global and the workspace's types know no DOM.
{
  const byId = (id) => document.getElementById(id)
  let state = JSON.parse(byId('two-shops').textContent)
  const written = byId('explanations')
  const explanations = written ? JSON.parse(written.textContent) : undefined
  const token = document.body.dataset.token
  const charts = ['share', 'lost', 'money'].map((id) => ({
    id,
    chart: echarts.init(byId(id), null, { renderer: 'svg' }),
  }))

  /** How each kind of mark looks. */
  const marks = {
    opened: ['channel opened', 'diamond', 'blue'],
    drain: ['new channel drained', 'triangle', 'green'],
    swap: ['swap', 'triangle', 'purple'],
    'swap-failed': ['swap came to nothing', 'path://M0,0L10,10M10,0L0,10', 'red'],
    partner: ['partner paid', 'circle', 'orange'],
    blocked: ['blocked', 'rect', 'red'],
    trouble: ['trouble', 'rect', 'gone'],
    back: ['well again', 'circle', 'green'],
    pressed: ['pressed', 'pin', 'ink'],
  }

  function moment(at) {
    const date = new Date(at)
    const day = date.toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' })
    return `${day} ${date.toISOString().slice(11, 16)}`
  }

  function percent(share) {
    return share === null ? 'LND is away' : `${(share * 100).toFixed(1)} %`
  }

  function element(tag, text, className) {
    const made = document.createElement(tag)
    if (text !== undefined) made.textContent = text
    if (className) made.className = className
    return made
  }

  function chartOverTime(isNarrow) {
    const { from, to } = state
    return timeChart(isNarrow, { from, to, name: 'day and time (UTC)', write: moment })
  }

  /** The share of the shop with the library at a time; the last one known. */
  function shareAt(at) {
    let known = null
    for (const [time, library] of state.samples) {
      if (time > at) break
      known = library ?? known
    }
    return known ?? 0
  }

  function band(from, to, paint, name) {
    const label = { show: true, position: 'insideRight', color: color('soft'), fontSize: 11 }
    const style = { color: color(paint), opacity: 0.13 }
    return [
      { yAxis: from, name, label: { ...label, formatter: name }, itemStyle: style },
      { yAxis: to },
    ]
  }

  function line(name, paint, position, more) {
    return {
      name,
      type: 'line',
      symbol: 'none',
      color: color(paint),
      lineStyle: { width: 2 },
      connectNulls: false,
      data: state.samples.map((sample) => [sample[0], sample[position]]),
      ...more,
    }
  }

  function share(isNarrow) {
    const base = chartOverTime(isNarrow)
    const near = (state.to - state.from) / (isNarrow ? 30 : 75)
    const placed = []
    const points = state.markers.map((marker) => {
      // Marks of one moment stand one above the other, where there is more room.
      const beside = placed.filter((at) => Math.abs(at - marker.at) < near).length
      placed.push(marker.at)
      const height = shareAt(marker.at)
      const towards = height > 0.5 ? 15 : -15
      return { ...marker, value: [marker.at, height], symbolOffset: [0, towards * (beside % 8)] }
    })
    const used = Object.entries(marks).filter(([kind]) => points.some((one) => one.kind === kind))
    return {
      ...base,
      legend: { ...base.legend, icon: undefined, type: 'plain' },
      grid: { ...base.grid, top: isNarrow ? 124 : 72, bottom: 84 },
      dataZoom: [
        { type: 'inside', zoomOnMouseWheel: 'shift' },
        {
          type: 'slider',
          bottom: 8,
          height: 22,
          labelFormatter: moment,
          textStyle: { color: color('soft') },
          ...zoomed,
        },
      ],
      tooltip: {
        ...base.tooltip,
        trigger: 'axis',
        formatter: (all) => {
          const lines = all.filter(({ seriesType }) => seriesType === 'line')
          const texts = lines.map(({ marker, seriesName, value }) => {
            return `${marker}${seriesName}: ${percent(value[1])}`
          })
          return [moment(all[0].axisValue), ...texts].join('<br>')
        },
      },
      yAxis: {
        ...base.yAxis,
        name: isNarrow ? '' : 'can be received',
        nameTextStyle: { color: color('soft'), align: 'left' },
        min: 0,
        max: 1,
        axisLabel: {
          ...base.yAxis.axisLabel,
          formatter: (value) => `${Math.round(value * 100)} %`,
        },
      },
      series: [
        line('with the library', 'green', 1, {
          markArea: {
            silent: true,
            data: [
              band(0, 0.1, 'red', 'under 10 %: acts at once'),
              band(0.1, 0.3, 'orange', 'under 30 %: acts when it is cheap'),
            ],
          },
        }),
        line('without it', 'gone', 2, { lineStyle: { width: 2, type: 'dashed' } }),
        ...used.map(([kind, [name, symbol, paint]]) => ({
          name,
          type: 'scatter',
          symbol,
          symbolSize: kind === 'pressed' ? 22 : 12,
          color: color(paint),
          cursor: 'pointer',
          itemStyle: { borderColor: color('card'), borderWidth: kind === 'swap-failed' ? 0 : 1 },
          ...(kind === 'swap-failed' && {
            itemStyle: { borderColor: color('red'), borderWidth: 3 },
          }),
          tooltip: {
            trigger: 'item',
            formatter: ({ data: { at, text } }) => `${moment(at)}<br>${wrapped(text)}`,
          },
          z: 5,
          data: points.filter((one) => one.kind === kind),
        })),
      ],
    }
  }

  /** For a tooltip: lines that fit, and nothing that is markup. */
  function wrapped(text) {
    const safe = text.replaceAll(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    return safe.replaceAll(/(.{40,60}?)\s/g, '$1<br>')
  }

  function lost(isNarrow) {
    const base = chartOverTime(isNarrow)
    const sums = (position, before) => {
      let sum = before
      const points = [[state.from, sum]]
      for (const sale of state.lost) {
        if (!sale[position]) continue
        sum += sale[1]
        points.push([sale[0], sum])
      }
      return [...points, [state.to, sum]]
    }
    const side = (name, paint, position, before) => ({
      name,
      type: 'line',
      step: 'end',
      symbol: 'none',
      color: color(paint),
      areaStyle: { opacity: 0.15 },
      data: sums(position, before),
      tooltip: { valueFormatter: sat },
    })
    return {
      ...base,
      series: [
        side('with the library', 'green', 2, state.lostBefore.library),
        side('without it', 'red', 3, state.lostBefore.bare),
      ],
    }
  }

  function money(isNarrow) {
    const links = state.flows.map(({ from, to, sat: value }) => ({
      source: from,
      target: to,
      value,
    }))
    const targets = new Set(links.map(({ target }) => target))
    const sources = new Set(links.map(({ source }) => source))
    const names = [...new Set([...sources, ...targets])]
    const ends = names.filter((name) => !sources.has(name))
    const paints = {
      customers: 'green',
      'paid over Lightning': 'blue',
      'paid on chain': 'blue',
      'still owed': 'purple',
      operator: 'gone',
      profit: 'green',
      miners: 'red',
      routing: 'red',
      'swap providers': 'red',
    }
    return moneyChart(isNarrow, { links, names, paints, ends })
  }

  function card(name, side, className) {
    const made = element('div', undefined, `card ${className}`)
    made.append(element('h3', name))
    const rate = side.wanted === 0 ? '' : ` of ${side.wanted}`
    made.append(element('p', `${side.paid}${rate} purchases paid, ${sat(side.paidSat)}`, 'big'))
    made.append(
      element('p', `not sold: ${side.lost}, ${sat(side.lostSat)}`, side.lost ? 'bad' : 'good'),
    )
    const reasons = side.reasons.map(([reason, times]) => `${times} × ${words(reason)}`)
    made.append(element('p', reasons.join(', '), 'note'))
    return made
  }

  function words(reason) {
    const known = {
      'no-route': 'the payment found no way: nothing more can be received',
      'process-down': "the library's process did not run",
      'node.unavailable': 'LND was away',
      'invoice.above-receivable': 'refused: the node cannot receive so much',
    }
    return known[reason] ?? reason
  }

  function cards() {
    byId('cards').replaceChildren(
      card('With the library', state.sides.library, 'with'),
      card('The same customers, without it', state.sides.bare, 'without'),
    )
  }

  function list() {
    const rows = state.markers.map((marker) => {
      const row = element('tr')
      const [name] = marks[marker.kind]
      row.append(element('td', moment(marker.at)), element('td', name, `kind ${marker.kind}`))
      const cell = element('td')
      if (marker.isExplained) {
        const button = element('button', marker.text, 'link')
        button.addEventListener('click', () => explain(marker))
        cell.append(button)
      } else {
        cell.textContent = marker.text
      }
      row.append(cell)
      return row
    })
    byId('story').replaceChildren(...rows.toReversed())
  }

  /** Beside the buttons: what came of them. */
  function latest() {
    const lines = state.markers.slice(-6).map((marker) => {
      const [name] = marks[marker.kind]
      const line = element('li')
      line.append(
        element('span', `${moment(marker.at)} `, 'note'),
        element('span', name, `kind ${marker.kind}`),
      )
      line.append(` ${marker.text}`)
      return line
    })
    byId('latest').replaceChildren(...lines.toReversed())
  }

  async function explain(marker) {
    const panel = byId('explained')
    const head = element('p', `${moment(marker.at)}: ${marker.text}`, 'big')
    let all = []
    if (marker.isExplained) {
      all = explanations ? explanations[marker.id] : await ask(`explain/${marker.id}`)
    }
    const parts = all.map(({ kind, id, says }) => {
      const part = element('details')
      part.open = true
      part.append(
        element('summary', `${titles[kind]} ${id.length > 40 ? `${id.slice(0, 16)}…` : id}`),
      )
      part.append(kind === 'run' ? runInWords(says) : described(says))
      return part
    })
    const nothing = element('p', 'Nothing was decided here: this happened to the shop.', 'note')
    panel.replaceChildren(head, ...(parts.length > 0 ? parts : [nothing]))
    panel.scrollIntoView({ behavior: 'smooth', block: 'nearest' })
  }

  const titles = {
    run: 'Decision of the autopilot, liquidity.explain',
    swap: 'Swap, swaps.explain',
    payout: 'Payout, payouts.get',
    opening: 'Opening, channels.openings',
  }

  /** A decision: what it saw, and every option with why it was taken or not. */
  function runInWords({ says, actions, rejected, ...inputs }) {
    const box = element('div')
    box.append(element('p', says))
    const option = (isTaken) => (one) => ({
      taken: isTaken ? 'yes' : 'no',
      lever: one.lever,
      with: [one.subject, one.provider].filter(Boolean).join(' by '),
      amount: one.amount,
      cost: one.cost,
      worst: one.worst,
      ppm: one.ppm,
      why: isTaken ? outcomeInWords(one.outcome) : one.refusal,
    })
    const options = [...actions.map(option(true)), ...rejected.map(option(false))]
    if (options.length > 0) box.append(element('h4', 'Options, cheapest first'), tableOf(options))
    const { id, outOf, noOffers, ...seen } = inputs
    box.append(element('h4', 'What it saw'), described(seen))
    if (noOffers.length > 0) box.append(element('h4', 'Made no offer'), tableOf(noOffers))
    return box
  }

  function outcomeInWords(outcome) {
    if (outcome === null) return 'cheapest'
    if (outcome.did === 'swap')
      return `cheapest: swap ${outcome.swaps.map((id) => id.slice(0, 8)).join(', ')}`
    if (outcome.did === 'payout') return `cheapest: payout ${outcome.payout.slice(0, 8)}`
    return `nothing came of it: ${outcome.reason}`
  }

  /** Any plain data as names and values. */
  function described(value) {
    if (typeof value !== 'object' || value === null) return element('p', String(value))
    const list = element('dl')
    const tables = []
    for (const [name, one] of Object.entries(value)) {
      if (one === null || (Array.isArray(one) && one.length === 0)) continue
      if (Array.isArray(one) && typeof one[0] === 'object') {
        tables.push(element('h4', spaced(name)), tableOf(one))
        continue
      }
      if (name === 'says') {
        tables.unshift(element('p', one))
        continue
      }
      list.append(element('dt', spaced(name)))
      const cell = element('dd')
      if (typeof one === 'object' && !Array.isArray(one)) cell.append(described(one))
      else cell.textContent = written_(name, one)
      list.append(cell)
    }
    const box = element('div')
    box.append(...tables.filter(({ tagName }) => tagName === 'P'), list)
    box.append(...tables.filter(({ tagName }) => tagName !== 'P'))
    return box
  }

  function tableOf(rows) {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    const table = element('table')
    const head = element('tr')
    head.append(...columns.map((column) => element('th', spaced(column))))
    const lines = rows.map((row) => {
      const made = element('tr')
      made.append(...columns.map((column) => element('td', written_(column, row[column]))))
      return made
    })
    table.append(head, ...lines)
    const wide = element('div', undefined, 'wide')
    wide.append(table)
    return wide
  }

  function spaced(name) {
    return name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)
  }

  function written_(name, value) {
    if (value === null || value === undefined) return ''
    if (/(^at|At)$/.test(name) && value > 1e12) return moment(value)
    if (/Share$/.test(name)) return `${value / 10_000} %`
    if (name === 'feerate') return `${Math.round(value * 10) / 10} sat/vB`
    if (typeof value === 'object') return JSON.stringify(value)
    const [, amount, unit] = /^(-?\d+) (m?sat)$/.exec(value) ?? []
    if (unit) return sat(unit === 'msat' ? amount / 1000 : Number(amount))
    return String(value)
  }

  async function ask(path, options) {
    const response = await fetch(`/${path}`, {
      ...options,
      headers: { 'x-demo-token': token },
    })
    return response.json()
  }

  /** What of the chart is shown; the reader's choice outlives new data. */
  let zoomed = {}
  const builders = { share, lost, money }
  function draw() {
    const isNarrow = window.innerWidth < 600
    for (const { id, chart } of charts) {
      chart.resize()
      chart.setOption(builders[id](isNarrow), true)
    }
    cards()
    list()
    if (token) latest()
  }
  const [{ chart: shareChart }] = charts
  shareChart.on('click', ({ data }) => data?.kind && explain(data))
  shareChart.on('datazoom', () => {
    const [, { start, end }] = shareChart.getOption().dataZoom
    zoomed = { start, end }
  })
  draw()
  window.addEventListener('resize', draw)
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)

  if (token) {
    for (const button of document.querySelectorAll('[data-press]')) {
      button.addEventListener('click', async () => {
        button.disabled = true
        await ask(`press/${button.dataset.press}`, { method: 'POST' }).catch(() => undefined)
        button.disabled = false
      })
    }
    const changes = new EventSource(`/changes?token=${token}`)
    changes.addEventListener('message', ({ data }) => {
      state = JSON.parse(data)
      byId('clock').textContent = moment(state.to)
      draw()
    })
    changes.addEventListener('error', () => {
      byId('clock').textContent = 'the demo has ended'
    })
  }
}
