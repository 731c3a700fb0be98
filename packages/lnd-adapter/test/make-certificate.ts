import { generate } from 'selfsigned'

export interface TestCertificate {
  /** PEM. */
  readonly certificate: Buffer
  readonly key: Buffer
}

/** A self-signed certificate as LND makes one; `names` are host names or 127.0.0.1. */
export async function makeCertificate(
  names: readonly string[] = ['localhost', '127.0.0.1'],
  days = 365,
): Promise<TestCertificate> {
  const made = await generate([{ name: 'commonName', value: 'lnd' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 86_400_000),
    notAfterDate: new Date(Date.now() + days * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          /^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name },
        ),
      },
    ],
  })
  return { certificate: Buffer.from(made.cert), key: Buffer.from(made.private) }
}
