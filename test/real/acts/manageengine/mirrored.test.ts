// The plan that sets up the vendor's older model: its order, its texts, and whom it is for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDemo } from '../../../../src/demo/demo.ts'
import { actingOn } from '../../../fakes/acting.ts'
import type { Cluster } from './site.ts'

test('ha-setup: the pack on the primary, unpacked on the secondary, the key, secondary before primary', async () => {
  const demo = await startDemo({ model: 'mirrored', size: 1 }, () => {})
  const { databases, servers } = (JSON.parse(demo.describe()) as { clusters: readonly [Cluster] }).clusters[0]
  const hosts = [
    { name: 'db-1', installDirectory: '/opt/pam360', start: ['systemctl', 'start', 'pam360'], stop: ['true'] },
    { name: 'db-2', installDirectory: 'C:\\PAM360', platform: 'windows' },
  ]
  const cluster = { model: 'mirrored', profile: 'pam360' }
  const acting = await actingOn({ databases, servers, hosts, cluster })
  try {
    const run = await acting.executor.propose({ action: 'ha-setup', target: null, input: {} })
    assert.equal(run.state, 'planned', run.why ?? '')
    assert.equal(run.plan.confirm, 'test')
    assert.deepEqual(
      run.plan.steps.map(({ id }) => id),
      [
        'stop-secondary',
        'stop-primary',
        'ha-pack',
        'pack-made',
        'start-primary',
        'transfer',
        'unpack',
        'key-file',
        'certificate',
        'stop-primary-again',
        'start-secondary',
        'start-primary-last',
      ],
    )
    const details = Object.fromEntries(run.plan.steps.map(({ id, detail }) => [id, detail]))
    assert.equal(details['ha-pack'], 'cd /opt/pam360/bin\nsh HASetup.sh 127.0.0.1 127.0.0.1')
    assert.match(details['key-file'] ?? '', /^In C:\\PAM360\\conf\\manage_key\.conf: the full path/)
    assert.match(details.transfer ?? '', /^scp \/opt\/pam360\/replication\/HAPack\.zip 'db-2:C:/)
    await assert.rejects(
      acting.executor.propose({ action: 'build-read-only', target: 'pmp-b', input: {} }),
      /select a read-only server first/,
    )
  } finally {
    await acting.close()
    await demo.stop()
  }
})
