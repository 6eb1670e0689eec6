// Real databases through a real sshd: answers, losses, and faults that name both.

import assert from 'node:assert/strict'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { writePrivateText } from '../../../src/io/files/sync-files.ts'
import { freePort } from '../../../src/io/network/free-port.ts'
import { type DatabaseSession, openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { tunnelThrough } from '../../../src/io/ssh/ssh-tunnel.ts'
import type { Fault } from '../../../src/model/values/fault.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { startSshd, type TestSshd, withoutSshd } from '../../fakes/sshd.ts'
import { tlsFile } from '../../fakes/web.ts'
import { withCluster } from '../../real/embedded.ts'
import { patiently, within } from '../../wait.ts'

const soon = () => within(10_000)

/** A database as the config would give it with `"via": "h1"`. */
function reached(context: TestContext, sshd: TestSshd, dsn: string): DatabaseSession {
  const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
  const tunnel = tunnelThrough('h1', ssh)
  const link = openDatabaseSession({
    connection: parseDsn(dsn, {}),
    passwordCommand: null,
    timeoutMs: patiently(5_000),
    tunnel,
  })
  context.after(async () => {
    await link.close()
    await ssh.close()
  })
  return link
}

async function portOf(link: DatabaseSession): Promise<number | null> {
  const text = 'select inet_server_port() as port'
  const [row] = await link.query<{ port: number | null }>({ name: 'port', text }, soon())
  return row?.port ?? null
}

async function faultOf(asked: Promise<unknown>): Promise<Fault> {
  const error = await asked.then(
    () => assert.fail('it answered'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof FaultError, String(error))
  return error.fault
}

describe('a database via a host', { skip: withoutSshd }, () => {
  test('answers, by TCP as that host sees it and by its own Unix socket, and again after ssh was lost', async (context) => {
    const sshd = await startSshd(context)
    await withCluster({}, async ({ primary }) => {
      const byTcp = reached(context, sshd, primary.dsn('pgdeck', 'postgres'))
      assert.equal(await portOf(byTcp), primary.port)
      await sshd.stop()
      await sshd.start()
      assert.equal(await portOf(byTcp), primary.port)

      const [row] = await primary.query<{ folder: string }>(
        `select split_part(current_setting('unix_socket_directories'), ',', 1) as folder`,
      )
      const folder = encodeURIComponent(row?.folder ?? '')
      const bySocket = reached(context, sshd, `postgresql://postgres@${folder}:${primary.port}/postgres`)
      assert.equal(await portOf(bySocket), null)
    })
  })

  test('is encrypted, and its certificate held against its own name, not the way to it', async (context) => {
    const sshd = await startSshd(context)
    const hba = 'local all all trust\nhostssl all pgdeck 127.0.0.1/32 trust\n'
    await withCluster({ hba }, async ({ primary }) => {
      const encrypt = async (certificate: string) => {
        const { owner, path } = primary.scratch
        for (const [name, file] of [
          ['tls.crt', certificate],
          ['tls.key', 'key.pem'],
        ] as const) {
          writePrivateText(join(path, name), readFileSync(tlsFile(file), 'utf8'), owner)
          chmodSync(join(path, name), 0o600)
        }
        await primary.setSetting('ssl_cert_file', join(path, 'tls.crt'))
        await primary.setSetting('ssl_key_file', join(path, 'tls.key'))
        await primary.setSetting('ssl', 'on')
      }
      const ca = encodeURIComponent(tlsFile('ca.pem'))
      const dsn = `postgresql://pgdeck@127.0.0.1:${primary.port}/postgres?sslmode=verify-full&sslrootcert=${ca}`
      await encrypt('valid.pem')
      assert.equal(await portOf(reached(context, sshd, dsn)), primary.port)
      await encrypt('other.pem')
      const fault = await faultOf(portOf(reached(context, sshd, dsn)))
      assert.equal(fault.code, 'tls')
      assert.match(fault.message, /altnames/)
    })
  })

  test('tells a closed port there with both names', async (context) => {
    const port = await freePort()
    const link = reached(context, await startSshd(context), `postgresql://pgdeck@127.0.0.1:${port}/postgres`)
    const fault = await faultOf(portOf(link))
    assert.equal(fault.code, 'refused')
    assert.match(fault.message, new RegExp(`^h1 \\(ssh\\): box can’t reach 127\\.0\\.0\\.1:${port}`))
  })

  test('does not call a refusal of ssh one of the database', async (context) => {
    const sshd = await startSshd(context)
    sshd.configure({ Port: String(await freePort()) })
    const fault = await faultOf(portOf(reached(context, sshd, 'postgresql://pgdeck@127.0.0.1:5432/postgres')))
    assert.equal(fault.code, 'unreachable')
    assert.match(fault.message, /^h1 \(ssh\): ssh to box: .*Connection refused/)
  })

  test('tells what the server itself says without blaming the way', async (context) => {
    const sshd = await startSshd(context)
    await withCluster({}, async ({ primary }) => {
      const fault = await faultOf(portOf(reached(context, sshd, primary.dsn('nobody', 'postgres'))))
      assert.equal(fault.code, 'auth')
      assert.doesNotMatch(fault.message, /ssh/)
    })
  })
})
