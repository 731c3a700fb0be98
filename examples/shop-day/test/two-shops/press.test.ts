import { expect, test } from 'vitest'
import { finishShops, story } from '../../src/two-shops/play-two-shops.ts'
import { type Button, buttons, press } from '../../src/two-shops/press.ts'
import { openTwoShops } from '../../src/two-shops/run-two-shops.ts'

const hour = 3_600_000

test('all buttons at once, again while they last, and with nothing left to close: the books stay right', async () => {
  const shops = await openTwoShops(story)
  await shops.pass(10 * hour)
  press(shops, 'kill-lnd')
  press(shops, 'kill-process')
  await shops.pass(hour)
  for (const wait of [hour / 10, hour]) {
    for (const button of Object.keys(buttons)) press(shops, button as Button)
    await shops.pass(wait)
  }
  for (let times = 0; times < 3; times++) {
    press(shops, 'close-channel')
    await shops.pass(hour / 2)
  }
  const { faults, state } = await finishShops(shops)
  expect(faults).toEqual([])
  const { wanted, paid, lost } = state.sides.library
  expect(paid + lost).toBe(wanted)
  expect(state.markers.filter(({ text }) => text.includes('has no channel to close'))).not.toEqual(
    [],
  )
  await shops.stop()
}, 240_000)
