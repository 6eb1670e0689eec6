// The resource of CloudNativePG as kubectl prints it: members, phase, fences, certificates; and what goes wrong.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { openTempDir } from '../../../../src/io/process/temp-dir.ts'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { readCloudNativePg } from '../../../../src/probes/database/managers/cloudnativepg.ts'
import { clusterResource, kubectlThat } from '../../../recorded/cloudnativepg.ts'

function ask(context: TestContext, prints: string, exitCode = 0) {
  const scratch = openTempDir()
  context.after(() => scratch.close())
  const { path, asked } = kubectlThat(scratch.path, prints, exitCode)
  const kubectl = [path, '--context', 'prod']
  const read = readCloudNativePg({ kubectl, cluster: 'web', namespace: 'shop' }, AbortSignal.timeout(30_000))
  return { read, words: () => readFileSync(asked, 'utf8').trim() }
}

async function faultOf(reading: Promise<unknown>) {
  const error = await reading.then(() => null).catch((caught: unknown) => caught)
  return error instanceof FaultError ? error.fault : assert.fail(String(error))
}

describe('CloudNativePG', () => {
  test('members with their role, state and timeline; phase, certificates, backups', async (context) => {
    const { read, words } = ask(context, JSON.stringify(clusterResource()))
    const report = await read
    assert.equal(words(), '--context prod get clusters.postgresql.cnpg.io web -o json -n shop')
    assert.deepEqual([report.scope, report.systemIdentifier, report.paused], ['web', '7710875730091603779', false])
    assert.deepEqual(
      report.members.map(({ name, host, isLeader, state, facts }) => [name, host, isLeader, state, facts?.timeline]),
      [
        ['web-1', '10.244.0.11', true, 'healthy', 2],
        ['web-2', '10.244.0.12', false, 'healthy', 2],
        ['web-3', '10.244.0.13', false, 'failed', 2],
      ],
    )
    assert.equal(report.members[2]?.facts?.isHealthy, false)
    const { operator } = report
    assert.deepEqual(
      [operator?.namespace, operator?.phase, operator?.readyInstances, operator?.wantedInstances],
      ['shop', 'Cluster in healthy state', 2, 3],
    )
    assert.equal(
      operator?.certificates.find(({ name }) => name === 'web-server')?.expiresAt,
      Date.UTC(2026, 11, 2, 14, 32, 7),
    )
    assert.deepEqual(
      [operator?.lastBackupAt, operator?.lastFailedBackupAt],
      [Date.UTC(2026, 10, 22, 0, 0, 12), Date.UTC(2026, 10, 21, 0, 0, 10)],
    )
    assert.deepEqual(report.lastEvent, { at: Date.UTC(2026, 10, 22, 13, 32, 7, 123), text: 'web-1 was promoted' })
  })

  test('fenced instances, one or all; a stopped reconciliation; a switchover; hibernation', async (context) => {
    const told = async (change: Parameters<typeof clusterResource>[0]) =>
      ask(context, JSON.stringify(clusterResource(change))).read
    const annotated = (name: string, value: string) =>
      told(({ metadata }) => {
        metadata.annotations = { [name]: value }
      })
    const states = ({ members }: Awaited<ReturnType<typeof told>>) => members.map(({ state }) => state).join()
    assert.equal(states(await annotated('cnpg.io/fencedInstances', '["web-2"]')), 'healthy,fenced,failed')
    assert.equal(states(await annotated('cnpg.io/fencedInstances', '["*"]')), 'fenced,fenced,fenced')
    assert.equal(states(await annotated('cnpg.io/fencedInstances', 'all of them')), 'healthy,healthy,failed')
    assert.equal((await annotated('cnpg.io/reconciliationLoop', 'disabled')).paused, true)
    assert.equal((await annotated('cnpg.io/hibernation', 'on')).operator?.isHibernated, true)
    const changing = await told(({ status }) => {
      status.targetPrimary = 'web-2'
      status.phase = 'Switchover in progress'
      status.phaseReason = 'Switching over to \u001b[31mweb-2'
    })
    assert.deepEqual([changing.operator?.currentPrimary, changing.operator?.targetPrimary], ['web-1', 'web-2'])
    assert.ok(!changing.operator?.phaseReason?.includes('\u001b'), 'text from outside is cleaned')
  })

  test('a cluster without a status yet has no members', async (context) => {
    const bare = { ...clusterResource(), status: undefined }
    const report = await ask(context, JSON.stringify(bare)).read
    assert.deepEqual([report.members, report.operator?.phase, report.systemIdentifier], [[], null, null])
  })

  test('what kubectl says when it fails, and what to do', async (context) => {
    const failures = [
      [
        'Error from server (NotFound): clusters.postgresql.cnpg.io "web" not found',
        'protocol',
        /Check "cluster" and "namespace"/,
      ],
      [
        'Error from server (Forbidden): clusters.postgresql.cnpg.io "web" is forbidden',
        'auth',
        /needs get on clusters/,
      ],
      ['The connection to the server 10.0.0.1:6443 was refused - did you specify', 'unreachable', /by hand/],
    ] as const
    for (const [said, code, hint] of failures) {
      const fault = await faultOf(ask(context, `${said}\n`, 1).read)
      assert.equal(fault.code, code, said)
      assert.match(fault.message, /get clusters\.postgresql\.cnpg\.io ended with 1: /)
      assert.match(fault.hint ?? '', hint)
    }
    assert.match((await faultOf(ask(context, 'no JSON').read)).message, /printed no JSON/)
    assert.match(
      (await faultOf(ask(context, '{"kind":"List"}').read)).message,
      /can’t read the answer about the cluster web/,
    )
    assert.match((await faultOf(ask(context, 'x'.repeat(3 * 1024 * 1024)).read)).message, /wrote more than 2048 kB/)
  })
})
