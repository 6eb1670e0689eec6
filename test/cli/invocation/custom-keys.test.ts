// `ui.keys` from the file to the commands: what can't be used is told at its place, what can is in the table.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scratch } from '../../config/scratch.ts'
import { startPgdeck } from '../process.ts'

function config(keys: Readonly<Record<string, string>>): string {
  const clusters = [{ name: 'vault', databases: [{ name: 'db', dsn: 'host=127.0.0.1 port=1' }] }]
  return `{"clusters": ${JSON.stringify(clusters)},\n "ui": {"keys": ${JSON.stringify(keys)}}}`
}

test('own keys that can not be used exit 78, each at its place', async (context) => {
  const { folder, write } = scratch(context)
  const path = write('pgdeck.json', config({ quti: 'Q', filter: 's' }))
  const status = await startPgdeck(context, ['status'], { cwd: folder }).ended
  assert.deepEqual([status.code, status.out], [78, ''])
  const [unknown, collision] = status.err.split('\n')
  assert.match(
    unknown ?? '',
    new RegExp(`${path}:2:18: ui\\.keys\\.quti: unknown action "quti"; .*"quit"; allowed: down`),
  )
  assert.match(collision ?? '', /:2:38: ui\.keys\.filter: found "s"; allowed: .*"sort" uses this one/)
  const validate = await startPgdeck(context, ['config', 'validate'], { cwd: folder }).ended
  assert.equal(validate.code, 1)
  assert.match(validate.err, /ui\.keys\.quti/)
})

test('pgdeck keys has them, and works without a config', async (context) => {
  const { folder, write } = scratch(context)
  const keysOf = async () => {
    const { code, out } = await startPgdeck(context, ['keys', '--json'], { cwd: folder }).ended
    assert.equal(code, 0)
    return (JSON.parse(out).keys as { action: string; keys: string[] }[]).find(({ action }) => action === 'quit')?.keys
  }
  assert.deepEqual(await keysOf(), ['q'])
  write('pgdeck.json', config({ quit: 'Q' }))
  assert.deepEqual(await keysOf(), ['Q'])
})
