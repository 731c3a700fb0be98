import { PaymentNodeError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Http } from '../ports/http.ts'
import type { Meter } from '../ports/meter.ts'

/**
 * The same door to the web; each request (webhook, LNURL, fee source) is recorded as
 * `http.client.request.duration` (seconds). Hosts are not told apart: partners choose them.
 */
export function measureHttp(http: Http, meter: Meter, clock: Clock): Http {
  return {
    contractVersion: 1,
    async request(request) {
      const start = clock.monotonic()
      const end = (status: string, error: string): void =>
        meter.record('http.client.request.duration', (clock.monotonic() - start) / 1000, {
          'http.request.method': request.method,
          'http.response.status_code': status,
          'error.type': error,
        })
      try {
        const answer = await http.request(request)
        end(String(answer.status), '')
        return answer
      } catch (error) {
        end('', PaymentNodeError.is(error) ? error.code : 'unexpected')
        throw error
      }
    },
  }
}
