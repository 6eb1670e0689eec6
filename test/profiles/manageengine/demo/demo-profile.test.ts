// The stand-in of the vendor's product: its scripts do what their names say, to real servers, and healing undoes all of it.

import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sendRequest } from '../../../../src/demo/app-server/http-client.ts'
import { startDemo } from '../../../../src/demo/demo.ts'
import { openHostConnection } from '../../../../src/io/hosts/host-connection.ts'
import { DEMO_INSTALLERS } from '../../../../src/profiles/demo.ts'
import { within } from '../../../wait.ts'

const signal = within(120_000)

test('without a stand-in for the model it says so, and leaves nothing behind', async () => {
  const start = startDemo({ model: 'databases', size: 1, profile: 'pam360', installers: DEMO_INSTALLERS }, () => {})
  await assert.rejects(start, /The profile pam360 has no stand-in for the model databases/)
})

test('the documented steps by hand make the read-only server a primary; healing makes it what it was', async () => {
  const demo = await startDemo(
    { model: 'primary-with-read-only', size: 1, profile: 'pam360', installers: DEMO_INSTALLERS },
    () => {},
  )
  const reach = openHostConnection({ id: 'here', address: null, access: { kind: 'local' } })
  const make = async (id: string) => demo.faults.find((fault) => fault.id === id)?.make()
  const script = (server: string, name: string, ...words: readonly string[]) =>
    reach.run([join(demo.folder, server, 'bin', `${name}.sh`), ...words], { signal })
  const path = (file: string) => join(demo.folder, 'pmp-ro', file)
  const url = demo.config.clusters[0]?.servers.find(({ spec }) => spec.id === 'pmp-ro')?.spec.url ?? ''
  const ext = readFileSync(path('pgsql/ext_conf/postgres_ext.conf'), 'utf8')
  try {
    assert.equal((await sendRequest('GET', url, 3_000)).status, 302)
    const early = await script('pmp-ro', 'RestoreDB', path('conf/serverstate.conf'))
    assert.deepEqual([early.exitCode, early.stderr], [1, 'stop the service first\n'])
    const standby = await script('pmp-ro', 'DeleteROServerIP', '127.0.0.1')
    assert.deepEqual([standby.exitCode, standby.stderr], [1, 'cannot execute DELETE in a read-only transaction\n'])

    await make('kill-primary')
    await make('stop-server-a')
    assert.equal((await script('pmp-ro', 'service', 'stop')).exitCode, 0)
    rmSync(path('pgsql/data/standby.signal'))
    writeFileSync(path('pgsql/ext_conf/postgres_ext.conf'), '# recovery props\n')
    writeFileSync(path('conf/configurations.properties'), '')
    writeFileSync(path('conf/serverstate.conf'), 'master')
    assert.equal((await script('pmp-ro', 'service', 'start')).exitCode, 0)
    assert.equal((await sendRequest('GET', url, 3_000)).status, 200)
    assert.equal((await script('pmp-ro', 'DeleteROServerIP', '127.0.0.1')).exitCode, 0)

    await make('heal')
    assert.equal(readFileSync(path('conf/serverstate.conf'), 'utf8'), 'ro\n')
    const healed = readFileSync(path('pgsql/ext_conf/postgres_ext.conf'), 'utf8')
    assert.equal(healed, ext)
    assert.equal((await sendRequest('GET', url, 3_000)).status, 302)
  } finally {
    await reach.close()
    await demo.stop()
  }
})
