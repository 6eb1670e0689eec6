// Where tablespaces go: as given, with any name and path; else where the server has them, else as upstream.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTablespaceRunPath, tablespaceRunPaths } from '../../../src/actions/tablespaces/paths.ts'
import { parsePlaces, placeSetting, placeTablespaces } from '../../../src/actions/tablespaces/placement.ts'

const SPACES = [
  { oid: '16400', name: 'a,b="c"\\', location: '/srv/a', bytes: 1 },
  { oid: '16401', name: '16400', location: '/srv/b/', bytes: null },
]

test('a name is taken before an object id, and everything can be escaped', () => {
  const text = placeSetting(SPACES[0]?.name ?? '', '/new/x')
  assert.equal(text, 'a\\,b\\="c"\\\\=/new/x')
  const given = parsePlaces('rebuild-replica', `${text}, 16400=/new/with\\, and = sign/`)
  assert.deepEqual(given, [
    { tablespace: 'a,b="c"\\', path: '/new/x' },
    { tablespace: '16400', path: '/new/with, and = sign' },
  ])
  const paths = placeTablespaces('rebuild-replica', SPACES, given, new Map()).map(({ path }) => path)
  assert.deepEqual(paths, ['/new/x', '/new/with, and = sign'])
})

test('a path is taken as PostgreSQL writes it, or refused', () => {
  for (const given of ['/new/x', '/new//x', '/new/./x/', '//new/x/.'])
    assert.deepEqual(parsePlaces('failback', `a=${given}`), [{ tablespace: 'a', path: '/new/x' }], given)
  for (const given of ['/new/../x', '/..', '/new/..'])
    assert.throws(() => parsePlaces('failback', `a=${given}`), /a path without \.\. was expected/, given)
  assert.equal(parsePlaces('failback', 'a=/new/..x')[0]?.path, '/new/..x')
})

test('without a given place: where its own data directory has it, else as upstream', () => {
  const own = new Map([['16400', '/mine']])
  assert.deepEqual(
    placeTablespaces('failback', SPACES, [], own).map(({ path }) => path),
    ['/mine', '/srv/b'],
  )
  assert.throws(
    () => placeTablespaces('failback', SPACES, parsePlaces('failback', 'x=/y'), own),
    /no tablespace x: the upstream has a,b/,
  )
})

test('what is no pair of a name and an absolute path is refused', () => {
  for (const text of ['x', 'x=', '=/y', 'x=y', 'a=/b,c'])
    assert.throws(() => parsePlaces('failback', text), /NAME=\/PATH was expected/, text)
  assert.deepEqual(parsePlaces('failback', ''), [])
})

test('only folders that a rebuild made are removed', () => {
  const { partial, previous } = tablespaceRunPaths('/mnt/a b/', '20261130T120000Z-rebuild-replica-db-1-0001')
  assert.equal(previous, '/mnt/a b/pgdeck-20261130T120000Z-rebuild-replica-db-1-0001.old')
  for (const path of [partial, previous]) assert.equal(isTablespaceRunPath(path), true)
  for (const path of ['/mnt/a', '/mnt/pgdeck-.old', 'mnt/pgdeck-x.old', '/a/../pgdeck-x.old', '/mnt/pgdeck-x.old/y'])
    assert.equal(isTablespaceRunPath(path), false, path)
})
