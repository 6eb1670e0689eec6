// CloudNativePG is asked by kubectl: the words, what they refuse, and what the operator shows of a request. Not run on a real one.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { cloudNativePgActs } from '../../../../src/actions/delegated/cloudnativepg/cloudnativepg-acts.ts'
import { lookAtOperator } from '../../../../src/actions/delegated/cloudnativepg/look.ts'
import type { OperatorRequest } from '../../../../src/actions/delegated/cloudnativepg/request.ts'
import { sendToOperator } from '../../../../src/actions/delegated/cloudnativepg/send.ts'
import type { DelegationContext } from '../../../../src/actions/delegated/definition/manager-acts.ts'
import { openTempDir } from '../../../../src/io/process/temp-dir.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { ActionError, OutcomeUnknown } from '../../../../src/model/runs/action-error.ts'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { freshReading } from '../../../../src/model/values/reading.ts'
import { readCloudNativePg } from '../../../../src/probes/database/managers/cloudnativepg.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../../builders/snapshot.ts'
import { type ClusterResource, clusterResource, kubectlThat } from '../../../recorded/cloudnativepg.ts'

/** The databases are named as the instances. */
const DATABASES = [aPrimary({}, { id: 'web-1' }), aStandby({}, { id: 'web-2' })]

interface Place {
  readonly act?: boolean
  readonly change?: (resource: ClusterResource) => void
  readonly prints?: string
  readonly exitCode?: number
}

/** What the operator has, read from a kubectl, and the tools of a run that finds it so. */
async function placeOf(context: TestContext, { act = true, change, prints = 'done', exitCode = 0 }: Place = {}) {
  const scratch = openTempDir()
  context.after(() => scratch.close())
  const first = kubectlThat(scratch.path, JSON.stringify(clusterResource(change)))
  const resource = { kubectl: [first.path, '--token', 'geheim'], cluster: 'web', namespace: 'shop' }
  const report = await readCloudNativePg(resource, AbortSignal.timeout(30_000))
  const reading = freshReading({ reports: [report], unresponsiveAgent: null, lastReport: null, traces: null }, NOW)
  const source = { kind: 'cloudnativepg', address: 'shop/web', reading } as const
  const picture = derivePicture({ ...aCluster({ databases: DATABASES }), managerSources: [source] }, null, NOW)
  const { asked } = kubectlThat(scratch.path, prints, exitCode)
  const config = { manager: { kind: 'cloudnativepg', resource, act } }
  const clusterView = { picture } as DelegationContext['clusterView']
  const tools = {
    config,
    signal: new AbortController().signal,
    refresh: () => Promise.resolve(clusterView),
  } as unknown as ActionToolbox
  assert.ok(picture.manager)
  const words = () => readFileSync(asked, 'utf8').trim().split('\n').at(-1)
  return { context: { clusterView, manager: picture.manager, tools } as DelegationContext, tools, words }
}

const promotion = (context: DelegationContext) => {
  const [primary = null, target] = context.clusterView.picture.databases
  assert.ok(target)
  return cloudNativePgActs.plan(
    { act: 'switchover', participants: { target, primary, standbys: [], servers: [] } as never, at: null },
    context,
  )
}

describe('a request to CloudNativePG', () => {
  test('names cluster, instance and namespace, and shows no argument of its own', async (context) => {
    const place = await placeOf(context)
    assert.equal(cloudNativePgActs.whyNot(place.context), null)
    const planned = await promotion(place.context)
    assert.ok('request' in planned, JSON.stringify(planned))
    assert.match(planned.detail, /kubectl cnpg promote web web-2 -n shop\n/)
    assert.doesNotMatch(JSON.stringify(planned), /geheim/)
    assert.deepEqual(planned.restarts, ['web-1'])
    const [check] = planned.checks
    const draft = {} as never
    assert.equal((await check?.run(place.context.clusterView, draft, place.tools))?.result, 'pass')
    assert.equal(await sendToOperator(planned.request, place.tools), 'kubectl answered: done')
    assert.equal(place.words(), '--token geheim cnpg promote web web-2 -n shop')
  })

  test('is blocked for an instance that is fenced, while the primary changes, and without reconciliation', async (context) => {
    const changes: readonly [(resource: ClusterResource) => void, RegExp][] = [
      [
        ({ metadata }) => Object.assign(metadata, { annotations: { 'cnpg.io/fencedInstances': '["web-2"]' } }),
        /is fenced/,
      ],
      [({ status }) => Object.assign(status, { targetPrimary: 'web-3' }), /changes the primary from web-1 to web-3/],
      [
        ({ metadata }) => Object.assign(metadata, { annotations: { 'cnpg.io/reconciliationLoop': 'disabled' } }),
        /reconciliation is stopped/,
      ],
    ]
    for (const [change, expected] of changes) {
      const place = await placeOf(context, { change })
      const planned = await promotion(place.context)
      assert.ok('request' in planned)
      const found = await planned.checks[0]?.run(place.context.clusterView, {} as never, place.tools)
      assert.equal(found?.result, 'fail')
      assert.match(found?.message ?? '', expected)
    }
  })

  test('is refused, lost, or no longer permitted', async (context) => {
    const request: OperatorRequest = {
      call: 'promote',
      words: ['cnpg', 'promote', 'web', 'web-2'],
      cluster: 'web',
      instance: 'web-2',
      system: null,
    }
    const refused = await placeOf(context, { prints: 'Error from server (Forbidden): is forbidden', exitCode: 1 })
    await assert.rejects(sendToOperator(request, refused.tools), (error: unknown) => {
      return error instanceof FaultError && !(error instanceof OutcomeUnknown) && /Forbidden/.test(error.message)
    })
    for (const prints of [
      'Unable to connect to the server: i/o timeout',
      'Error: context deadline exceeded',
      'Error: Patch "https://10.0.0.1:6443/apis": net/http: TLS handshake timeout',
      'Error: Patch "https://10.0.0.1:6443/apis": unexpected EOF',
      'Error from server: etcdserver: request timed out',
    ]) {
      const lost = await placeOf(context, { prints, exitCode: 1 })
      await assert.rejects(sendToOperator(request, lost.tools), OutcomeUnknown, prints)
    }
    const forbidden = await placeOf(context, { act: false })
    await assert.rejects(sendToOperator(request, forbidden.tools), ActionError)
    const other = await placeOf(context, { change: ({ status }) => Object.assign(status, { systemID: '1' }) })
    await assert.rejects(sendToOperator(request, other.tools), /does not tell that it manages the system/)
  })

  test('is seen as done, open, or not begun', async (context) => {
    const lookFor = async (request: Partial<OperatorRequest>, change: (resource: ClusterResource) => void) => {
      const { tools } = await placeOf(context, { change })
      const whole = { words: [], cluster: 'web', instance: 'web-2', system: null, ...request }
      const look = await lookAtOperator(whole, tools)
      return look.state === 'open' && look.isThis ? 'open, this' : look.state
    }
    const primaries = (currentPrimary: string, targetPrimary: string) => (resource: ClusterResource) =>
      Object.assign(resource.status, { currentPrimary, targetPrimary })
    const promote = { call: 'promote' } as const
    assert.equal(await lookFor(promote, primaries('web-1', 'web-1')), 'none')
    assert.equal(await lookFor(promote, primaries('web-1', 'web-2')), 'open, this')
    assert.equal(await lookFor(promote, primaries('web-1', 'web-3')), 'open')
    assert.equal(await lookFor(promote, primaries('web-2', 'web-2')), 'done')
    const annotated = (name: string, value: string) => (resource: ClusterResource) => {
      resource.metadata.annotations = { [name]: value }
    }
    const fenced = annotated('cnpg.io/fencedInstances', '["web-2"]')
    assert.equal(await lookFor({ call: 'unfence' }, fenced), 'none')
    assert.equal(await lookFor({ call: 'unfence' }, () => {}), 'done')
    const stopped = annotated('cnpg.io/reconciliationLoop', 'disabled')
    assert.equal(await lookFor({ call: 'pause', instance: null }, stopped), 'done')
    assert.equal(await lookFor({ call: 'resume', instance: null }, stopped), 'none')
    assert.equal(await lookFor({ call: 'restart' }, () => {}), 'done')
    const busy = ({ status }: ClusterResource) =>
      Object.assign(status, { phase: 'Primary instance is being restarted in-place' })
    assert.equal(await lookFor({ call: 'restart' }, busy), 'open')
  })
})
