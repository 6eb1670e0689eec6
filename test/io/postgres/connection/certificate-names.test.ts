// Names in certificates, compared as libpq compares them. Against the real one: test/real/libpq/certificates.test.ts.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PeerCertificate } from 'node:tls'
import { serverNameProblem } from '../../../../src/io/postgres/connection/certificate-names.ts'

describe('a certificate is that of the host', () => {
  const cases: readonly (readonly [string, string | readonly string[] | undefined, string | undefined, boolean])[] = [
    ['db.lan', 'db.lan', undefined, true],
    ['DB.LAN', 'db.lan', undefined, true],
    ['db.lan', '*.lan', undefined, true],
    ['a.db.lan', '*.lan', undefined, false],
    ['lan', '*.lan', undefined, false],
    ['.lan', '*.lan', undefined, false],
    ['db.lan', '*', undefined, false],
    ['db.example.net', undefined, 'DNS:d*.example.net, DNS:db.*.net', false],
    ['db.lan.', 'db.lan', undefined, false],
    ['db.lan', 'db.lan', 'DNS:other', false],
    ['db.lan', 'db.lan', 'IP Address:10.0.0.1', true],
    ['10.0.0.2', '10.0.0.2', 'IP Address:10.0.0.1', false],
    ['10.0.0.2', '10.0.0.2', 'DNS:other', true],
    ['10.0.0.2', undefined, 'DNS:10.0.0.2', true],
    ['::1', undefined, 'IP Address:0:0:0:0:0:0:0:1', true],
    ['::1', undefined, 'IP Address:0:0:0:0:0:0:0:2', false],
    ['db.lan', ['first', 'db.lan'], undefined, false],
    ['db.lan', ['db.lan', 'second'], undefined, true],
    // What a certificate has put in one name is no list of names.
    ['db.lan', undefined, 'DNS:"evil, DNS:db.lan"', false],
    ['db.lan', undefined, 'DNS:"db.lan\\u0000.evil"', false],
    ['db.lan', undefined, undefined, false],
  ]
  for (const [host, CN, subjectaltname, expected] of cases) {
    test(`${host}, ${CN}, ${subjectaltname}: ${expected}`, () => {
      const certificate = { subject: CN === undefined ? {} : { CN }, subjectaltname } as unknown as PeerCertificate
      assert.equal(serverNameProblem(host, certificate) === undefined, expected)
    })
  }
})
