// Files for TLS that pgdeck can't use: then it did not ask the server, which may be well.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { postgresTlsOptions } from '../../../../src/io/postgres/connection/tls.ts'
import type { ConnectionParameters } from '../../../../src/model/values/connection-parameters.ts'
import { FaultError, isUnasked } from '../../../../src/model/values/fault.ts'

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-tls-'))
const home = process.env.HOME
process.env.HOME = folder

after(() => {
  if (home === undefined) delete process.env.HOME
  else process.env.HOME = home
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const NONE = { mode: 'require', rootCert: null, cert: null, key: null } as const
const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const fixture = (name: string) => fileURLToPath(new URL(`../../../fakes/tls/login/${name}`, import.meta.url))
const ownKey = file('own.key', readFileSync(fixture('key.pem'), 'utf8'))
const cert = file('c.pem', 'a certificate')
const CASES: readonly (readonly [what: string, ssl: Partial<ConnectionParameters['ssl']>, message: RegExp])[] = [
  ['a key that others may read', { cert, key: file('open.pem', 'a key', 0o644) }, /others may read it/],
  ['a key that is missing', { cert, key: join(folder, 'none.pem') }, /no such file/],
  ['no key', { cert }, /no private key for the client certificate/],
  [
    'a key with a passphrase',
    { cert, key: file('locked.pem', 'Proc-Type: 4,ENCRYPTED') },
    /encrypted with a passphrase/,
  ],
  ['no key in the file', { cert, key: file('text.pem', 'a key') }, /holds no private key/],
  ['no certificate in the file', { cert, key: ownKey }, /c\.pem holds no certificate/],
  ['the key of another certificate', { cert: fixture('../valid.pem'), key: ownKey }, /is not that of the certificate/],
  ['an empty file of authorities', { rootCert: file('empty.pem', '') }, /empty\.pem holds no certificate/],
  ['authorities that are none', { rootCert: file('ca.pem', BROKEN) }, /ca\.pem holds no certificate/],
  ['a certificate as a list of revoked ones', { crl: fixture('ca.pem') }, /holds no list of revoked certificates/],
  ['an empty list of revoked ones', { crl: file('crl.pem', '') }, /holds no list of revoked certificates/],
  ['no authority', { mode: 'verify-full' }, /needs the certificate of the authority/],
]

for (const [what, ssl, message] of CASES) {
  test(`${what} is no word of the server`, () => {
    assert.throws(
      () => postgresTlsOptions({ ...NONE, ...ssl }, 'db-1'),
      (error) => {
        assert.ok(error instanceof FaultError)
        assert.match(error.fault.message, message)
        assert.deepEqual([error.fault.code, isUnasked(error.fault)], ['tls', true])
        return true
      },
    )
  })
}

test('a certificate with its own key is sent', () => {
  const options = postgresTlsOptions(
    { ...NONE, cert: fixture('client.pem'), key: ownKey, rootCert: fixture('ca.pem') },
    'db-1',
  )
  assert.match(String(options.cert), /BEGIN CERTIFICATE/)
  assert.match(String(options.key), /BEGIN PRIVATE KEY/)
})
