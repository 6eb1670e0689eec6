// Certificates as a poll meets them: real TLS servers on loopback, and the judgement alone.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { ServerCertificate } from '../../src/io/http/certificate.ts'
import { FaultError } from '../../src/model/values/fault.ts'
import { judgeCertificate } from '../../src/probes/certificate.ts'
import { healthProbe } from '../../src/probes/server/http-health.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { clusterOf, type ServerOverrides, serveHttps, serverConfig, tlsFile } from '../fakes/web.ts'
import { within } from '../wait.ts'

async function tlsOf(url: string, overrides: ServerOverrides = {}) {
  const server = serverConfig(url, overrides)
  const links = { server, database: null, cluster: clusterOf(server) }
  const pulse = await healthProbe.read(links, within(5000))
  assert.equal(pulse.httpStatus, 200)
  assert.ok(pulse.tls)
  return pulse.tls
}

function fingerprintOf(name: string): string {
  return new X509Certificate(readFileSync(tlsFile(`${name}.pem`))).fingerprint256
}

describe('the certificate of a server', () => {
  test('self-signed: the answer stays, the problem offers the pin', async (context) => {
    const tls = await tlsOf(await serveHttps(context, 'self-signed'))
    assert.equal(tls.trusted, false)
    assert.equal(tls.nameMatches, true)
    assert.equal(tls.subject, 'localhost')
    assert.equal(tls.fingerprint, `sha256:${fingerprintOf('self-signed').replaceAll(':', '').toLowerCase()}`)
    assert.match(tls.problem ?? '', new RegExp(`self-signed.*${tls.fingerprint}`))
    assert.ok(tls.daysLeft > 30_000)
  })

  test('pinned: trusted whatever its issuer and name, in either spelling of the pin', async (context) => {
    const url = await serveHttps(context, 'self-signed')
    const colons = fingerprintOf('self-signed')
    for (const pin of [`sha256:${colons}`, `sha256:${colons.replaceAll(':', '').toLowerCase()}`]) {
      const tls = await tlsOf(url, { tls: { verify: true, pin }, dnsName: 'elsewhere.example.net' })
      assert.deepEqual([tls.trusted, tls.problem, tls.nameMatches], [true, null, false])
    }
  })

  test('pinned to another: not trusted, and the problem names the one it has', async (context) => {
    const pin = `sha256:${fingerprintOf('valid')}`
    const tls = await tlsOf(await serveHttps(context, 'self-signed'), { tls: { verify: true, pin } })
    assert.equal(tls.trusted, false)
    assert.match(tls.problem ?? '', new RegExp(`not the pinned one.*${tls.fingerprint}`))
  })

  test('expired: negative days and the date', async (context) => {
    const tls = await tlsOf(await serveHttps(context, 'expired'))
    assert.ok(tls.daysLeft < 0)
    assert.equal(tls.validToAt, Date.UTC(2021, 0, 1))
    assert.equal(tls.problem, 'the certificate expired on 2021-01-01')
  })

  test('for another name: says for which', async (context) => {
    const url = await serveHttps(context, 'other')
    const tls = await tlsOf(url, { dnsName: 'pmp-a.example.net' })
    assert.equal(tls.nameMatches, false)
    assert.equal(tls.problem, 'the certificate is not for pmp-a.example.net: it is for somewhere-else.example.net')
  })

  test('the dns name is what it is compared with, not the address in the url', async (context) => {
    const url = await serveHttps(context, 'valid')
    assert.equal((await tlsOf(url, { dnsName: 'pmp-a.example.net' })).nameMatches, true)
    assert.equal((await tlsOf(url, { dnsName: 'pmp-b.example.net' })).nameMatches, false)
    assert.equal((await tlsOf(url)).nameMatches, true)
  })

  test('of an unknown authority: not trusted', async (context) => {
    const tls = await tlsOf(await serveHttps(context, 'valid'))
    assert.equal(tls.trusted, false)
    assert.equal(tls.issuer, 'pgdeck test authority')
    assert.match(tls.problem ?? '', /pgdeck test authority is unknown/)
  })

  test('of an authority that this host trusts: no problem', async (context) => {
    const url = await serveHttps(context, 'valid')
    const script = `
      import { httpGet } from ${JSON.stringify(new URL('../../src/io/http/http-get.ts', import.meta.url).href)}
      const heard = await httpGet({ url: new URL(${JSON.stringify(url)}), serverName: 'localhost', bodyLimit: 0,
        signal: AbortSignal.timeout(60000) })
      console.log(JSON.stringify(heard.certificate))`
    const run = promisify(execFile)
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: tlsFile('ca.pem') }
    const { stdout } = await run(process.execPath, ['--import', TYPESCRIPT, '--input-type=module', '-e', script], {
      env,
    })
    const certificate = JSON.parse(stdout)
    assert.equal(certificate.distrust, null)
    const facts = judgeCertificate(certificate, 'localhost', { verify: true, pin: null }, Date.now())
    assert.deepEqual([facts.trusted, facts.problem], [true, null])
  })

  test('a handshake that fails is a fault of code tls', async (context) => {
    const url = await serveHttps(context, 'valid', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' })
    await assert.rejects(tlsOf(url), (error) => error instanceof FaultError && error.fault.code === 'tls')
  })
})

describe('judgement', () => {
  const now = Date.UTC(2026, 5, 1)
  const good: ServerCertificate = {
    subject: 'a',
    issuer: 'b',
    validFromAt: Date.UTC(2026, 0, 1),
    validToAt: now + 10 * 86_400_000 + 1,
    fingerprint: `sha256:${'ab'.repeat(32)}`,
    distrust: null,
    names: ['a'],
    nameMatches: true,
  }
  const rule = { verify: true, pin: null }

  test('days left are whole days', () => {
    assert.equal(judgeCertificate(good, 'a', rule, now).daysLeft, 10)
    assert.equal(judgeCertificate({ ...good, validToAt: now - 1 }, 'a', rule, now).daysLeft, -1)
  })

  test('not valid yet is a problem', () => {
    const early = { ...good, validFromAt: now + 86_400_000 }
    assert.equal(judgeCertificate(early, 'a', rule, now).problem, 'the certificate is not valid before 2026-06-02')
  })

  test('without verification the facts stay and no problem is made', () => {
    const bad = { ...good, distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT', nameMatches: false }
    const facts = judgeCertificate(bad, 'x', { verify: false, pin: null }, now)
    assert.deepEqual([facts.problem, facts.trusted, facts.nameMatches], [null, false, false])
  })

  test('an expired certificate is a problem though it is the pinned one', () => {
    const facts = judgeCertificate({ ...good, validToAt: now - 1 }, 'a', { verify: true, pin: good.fingerprint }, now)
    assert.match(facts.problem ?? '', /expired/)
    assert.equal(facts.trusted, true)
  })
})
