import type { PeerMark } from '@payment-node/core'
import { formatDate } from '../terminal/format-date.ts'
import { plain } from '../terminal/terminal.ts'

/** `blacklisted 2026-11-02: unprovoked`: since when, or until when, and why. */
export function describeMark({ state, reason, until, since }: PeerMark): string {
  const day = formatDate(until ?? since).slice(0, until === null ? 10 : 16)
  const words = {
    blacklisted: `blacklisted ${day}`,
    'cooling-down': `until ${day}`,
    'closed-by-operator': `closed by you ${day}`,
  }
  return plain(`${words[state]}: ${reason}`)
}
