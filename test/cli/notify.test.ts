// `notify` of the configuration in the real program: a server that is down reaches a web hook and the audit trail.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { readAuditLog, verifyAuditLog } from '../../src/io/audit/audit-log-reader.ts'
import { scratch } from '../config/scratch.ts'
import { serveHttp } from '../fakes/web.ts'
import { until } from '../wait.ts'
import { startPgdeck } from './process.ts'

test('a program without a screen tells of alerts, and of their end', async (context) => {
  const { folder, write } = scratch(context)
  const events: string[] = []
  const webhook = await serveHttp(context, async (request, response) => {
    const { event, rule, subject } = JSON.parse(await text(request))
    events.push(`${event} ${rule} ${subject}`)
    response.end()
  })
  let works = true
  const url = await serveHttp(context, (_request, response) => {
    response.statusCode = works ? 200 : 500
    response.end()
  })
  const servers = [{ name: 'app', type: 'primary', url, clientAddress: '127.0.0.1' }]
  const clusters = [{ name: 'vault', interval: '100ms', timeout: '15s', servers }]
  write('pgdeck.json', JSON.stringify({ clusters, notify: [{ on: ['warning', 'critical'], webhook }] }))
  const state = join(folder, 'state')
  const pgdeck = startPgdeck(context, ['metrics', '--listen', '127.0.0.1:0'], {
    cwd: folder,
    env: { PGDECK_STATE_DIR: state },
  })
  const isKept = () => readFileSync(join(state, 'notified.json'), 'utf8').includes('tellers')
  await until('it has begun', 20_000, () => {
    try {
      return isKept()
    } catch {
      return false
    }
  })
  works = false
  await until('it was told', 20_000, () => events.some((event) => event === 'raised server-inactive app'))
  works = true
  await until('the end was told', 20_000, () => events.some((event) => event === 'resolved server-inactive app'))
  pgdeck.child.kill('SIGTERM')
  assert.equal((await pgdeck.ended).code, 143)
  assert.equal(events.filter((event) => event === 'raised server-inactive app').length, 1, events.join('\n'))
  const noted = (await readAuditLog({ folder: state, server: 'app' })).map(({ what }) => what)
  assert.ok(
    noted.some((what) => what.startsWith('active again')),
    noted.join('\n'),
  )
  assert.equal((await verifyAuditLog(state)).ok, true)
})
