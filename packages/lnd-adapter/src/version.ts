import { PaymentNodeError } from '@payment-node/core'

/** LND minor versions (0.x) that this adapter was made for. */
const oldestMinor = 19
const newestMinor = 21

const oldest = `0.${oldestMinor}.0`

/** What to think of LND's version; `version` is LND's own text. */
export function judgeVersion(version: string): { warning?: string } {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)
  if (!parts) {
    return { warning: `The version ${JSON.stringify(version)} cannot be read; it was not tested.` }
  }
  const minor = Number(parts[1]) * 1000 + Number(parts[2])
  if (minor < oldestMinor) throw tooOld(version)
  return minor > newestMinor
    ? { warning: `LND ${parts[0]} is newer than 0.${newestMinor}, the last one tested.` }
    : {}
}

function tooOld(version: string): PaymentNodeError<'node.version-unsupported'> {
  return new PaymentNodeError(
    'node.version-unsupported',
    `LND ${version} is too old: before ${oldest} payments can stay in flight for good after a restart.`,
    { version, oldest },
    { advice: `Update LND to ${oldest} or newer.` },
  )
}
