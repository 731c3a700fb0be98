import type { Logger } from '@payment-node/core'

/** One JSON object per line on standard error, for whatever collects logs. Debug lines with DEBUG=1. */
export const jsonLogger: Logger = {
  debug: process.env.DEBUG === '1' ? writer('debug') : () => undefined,
  info: writer('info'),
  warn: writer('warn'),
  error: writer('error'),
}

function writer(level: keyof Logger): Logger['info'] {
  return (message, fields) => {
    const line = { time: new Date().toISOString(), level, message, ...fields }
    const text = JSON.stringify(line, (_, value) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
    process.stderr.write(`${text}\n`)
  }
}
