import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type LogLocationHints, logLocations } from '../../../src/model/logs/locations.ts'

const NOTHING: LogLocationHints = {
  logs: [],
  installDirectory: null,
  dataDirectory: null,
  profileFolders: [],
  database: null,
  isDatabase: true,
}
const COLLECTS = { collector: true, directory: 'log', dataDirectory: '/data', destination: 'stderr' }
const paths = (hints: Partial<LogLocationHints>) => logLocations({ ...NOTHING, ...hints }).map(({ path }) => path)

describe('where logs may be', () => {
  test('of a database: what it says itself, below its data directory', () => {
    assert.deepEqual(paths({ database: COLLECTS }), ['/data/log'])
    assert.deepEqual(paths({ database: { ...COLLECTS, directory: '/var/log/pg' } }), ['/var/log/pg'])
    assert.deepEqual(paths({ database: { ...COLLECTS, dataDirectory: null }, dataDirectory: '/configured/' }), [
      '/configured/log',
    ])
  })

  test('of one that is down, or does not tell: the usual folders of the configured directory', () => {
    assert.deepEqual(paths({ dataDirectory: '/data' }), ['/data/log', '/data/pg_log'])
    assert.deepEqual(
      paths({ dataDirectory: '/var/lib/postgresql/18/main' }).at(-1),
      '/var/log/postgresql/postgresql-18-main.log',
    )
    assert.deepEqual(paths({}), [])
  })

  test('of a server: its product’s folders and those of the config, each once', () => {
    const places = logLocations({
      ...NOTHING,
      isDatabase: false,
      logs: ['/opt/pmp/logs', '/else'],
      installDirectory: '/opt/pmp/',
      profileFolders: ['logs', 'pgsql/data/pg_log'],
    })
    assert.deepEqual(
      places.map(({ path, expected }) => [path, expected]),
      [
        ['/opt/pmp/logs', true],
        ['/else', true],
        ['/opt/pmp/pgsql/data/pg_log', false],
      ],
    )
  })
})
