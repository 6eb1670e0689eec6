import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { isOtherSystem, isSameSystem } from '../../../src/model/measured/server-identity.ts'
import type { ClusterSnapshot } from '../../../src/model/measured/snapshot.ts'
import {
  isStandbyOf,
  linkBetween,
  linksFrom,
  linkTo,
  standbysOf,
  syncStandbyCount,
  upstreamOf,
} from '../../../src/model/picture/neighbours.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import {
  isActivePrimary,
  isPrimary,
  isReadAsPrimary,
  isReadAsStandby,
  isReadableStandby,
  isReplica,
  isWritable,
  roleWord,
} from '../../../src/model/picture/roles.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aSender, aStale, aStandby, NOW } from '../../builders/snapshot.ts'

function pictureOf(snapshot: ClusterSnapshot): Picture {
  return derivePicture(snapshot, null, NOW)
}

function viewOf(picture: Picture, id: string) {
  const view = picture.databases.find((each) => each.id === id)
  assert.ok(view)
  return view
}

const PAIR = aCluster({
  databases: [aPrimary({ senders: [aSender({ applicationName: 'db-ro', sync: 'sync' })] }), aStandby()],
})

describe('who is a primary and who a standby', () => {
  test('a primary and its standby, both read', () => {
    const picture = pictureOf(PAIR)
    const [primary, standby] = [viewOf(picture, 'db-1'), viewOf(picture, 'db-ro')]
    assert.deepEqual(
      [isPrimary, isActivePrimary, isWritable, isReadAsPrimary].map((is) => is(primary)),
      Array(4).fill(true),
    )
    assert.deepEqual(
      [isReplica, isReadableStandby, isReadAsStandby].map((is) => is(primary)),
      Array(3).fill(false),
    )
    assert.deepEqual(
      [isPrimary, isActivePrimary, isWritable, isReadAsPrimary].map((is) => is(standby)),
      Array(4).fill(false),
    )
    assert.deepEqual(
      [isReplica, isReadableStandby, isReadAsStandby].map((is) => is(standby)),
      Array(3).fill(true),
    )
    assert.deepEqual([roleWord(primary), roleWord(standby), roleWord({ pulse: null })], ['primary', 'standby', null])
  })

  test('a primary that is down is one by its role, and takes no writes', () => {
    const pulse = aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused'))
    const view = viewOf(pictureOf(aCluster({ databases: [{ ...aPrimary(), pulse }, aStandby()] })), 'db-1')
    assert.deepEqual([isPrimary(view), isReadAsPrimary(view)], [true, true])
    assert.deepEqual([isActivePrimary(view), isWritable(view)], [false, false])
  })

  test('of one system are two of which both are known; nothing is no other system', () => {
    const [one, other, none] = ['1', '2', null].map((systemIdentifier) => ({ systemIdentifier }))
    assert.ok(one && other && none)
    assert.deepEqual([isSameSystem(one, one), isSameSystem(one, other), isSameSystem(none, none)], [true, false, false])
    assert.deepEqual(
      [isOtherSystem(one, other), isOtherSystem(one, none), isOtherSystem(none, none)],
      [true, false, false],
    )
  })
})

describe('neighbours', () => {
  test('what is above and below, and by which link', () => {
    const picture = pictureOf(PAIR)
    const [primary, standby] = [viewOf(picture, 'db-1'), viewOf(picture, 'db-ro')]
    assert.equal(upstreamOf(picture, standby), primary)
    assert.equal(upstreamOf(picture, primary), null)
    assert.deepEqual(standbysOf(picture, 'db-1'), [standby])
    assert.deepEqual([isStandbyOf(standby, 'db-1'), isStandbyOf(primary, null)], [true, false])
    const link = linkBetween(picture, 'db-1', 'db-ro')
    assert.ok(link && linkTo(picture, 'db-ro') === link)
    assert.deepEqual(linksFrom(picture, 'db-1'), [link])
    assert.equal(linkBetween(picture, 'db-ro', 'db-1'), null)
  })

  test('what this role may not see of synchronous standbys is not counted as none', () => {
    assert.equal(syncStandbyCount(pictureOf(PAIR), 'db-1'), 1)
    const of = (sync: 'async' | null) => {
      const senders = [aSender({ applicationName: 'db-ro', sync })]
      return syncStandbyCount(pictureOf(aCluster({ databases: [aPrimary({ senders }), aStandby()] })), 'db-1')
    }
    assert.deepEqual([of('async'), of(null)], [0, null])
  })
})
