import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord, DatabaseSample } from '../../../src/model/measured/snapshot.ts'
import type { LinkView } from '../../../src/model/picture/picture.ts'
import { UNKNOWN_LAG } from '../../../src/model/replication/lag.ts'
import {
  aCluster,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aStale,
  aStandby,
  NOW,
} from '../../builders/snapshot.ts'

const MB = 1024 * 1024
const at = (mb: number) => BigInt(mb * MB)

function linkOf(primary: DatabaseRecord, standby: DatabaseRecord, now = NOW): LinkView {
  const [link] = derivePicture(aCluster({ databases: [primary, standby] }), null, now).links
  assert.ok(link)
  return link
}

/** A standby in one position at all stages. */
const standbyAt = (mb: number, over: Parameters<typeof aStandby>[0] = {}) => {
  const lsn = at(mb)
  const standby = {
    receivedLsn: lsn,
    replayedLsn: lsn,
    receiver: aReceiver({ flushedLsn: lsn, latestEndLsn: lsn }),
    ...over.standby,
  }
  return aStandby({ ...over, standby })
}
const senderAt = (mb: number) => {
  const lsn = at(mb)
  return aSender({ applicationName: 'db-ro', sentLsn: lsn, writtenLsn: lsn, flushedLsn: lsn, replayedLsn: lsn })
}

/** Samples every two seconds up to now, the newest last. */
const past = (...mbs: readonly number[]): readonly DatabaseSample[] =>
  mbs.map((mb, index) => ({
    at: NOW - (mbs.length - 1 - index) * 2000,
    lsn: at(mb),
    replayedLsn: at(mb),
    backlogBytes: null,
  }))

describe('bytes per stage', () => {
  test('are distances from the source’s position', () => {
    const sender = aSender({
      applicationName: 'db-ro',
      sentLsn: at(90),
      writtenLsn: at(80),
      flushedLsn: at(70),
      replayedLsn: at(60),
    })
    const { lag } = linkOf(aPrimary({ lsn: at(100), senders: [sender] }), standbyAt(60))
    assert.deepEqual(lag, {
      ...lag,
      bytes: 40 * MB,
      sentBytes: 10 * MB,
      writtenBytes: 20 * MB,
      flushedBytes: 30 * MB,
      replayedBytes: 40 * MB,
    })
  })

  test('of a standby that was read after its source are never negative', () => {
    const { lag } = linkOf(aPrimary({ lsn: at(100), senders: [senderAt(100)] }), standbyAt(105))
    assert.deepEqual(lag, { bytes: 0, seconds: 0, sentBytes: 0, writtenBytes: 0, flushedBytes: 0, replayedBytes: 0 })
  })

  test('take the newer of both ends: a sender tells replay late', () => {
    const { lag } = linkOf(
      aPrimary({ lsn: at(100), senders: [{ ...senderAt(100), replayedLsn: at(60) }] }),
      standbyAt(100),
    )
    assert.equal(lag.bytes, 0)
  })

  test('of a connection that only starts are not the whole log', () => {
    const starting = aSender({
      applicationName: 'db-ro',
      state: 'startup',
      sentLsn: at(1),
      writtenLsn: 0n,
      flushedLsn: 0n,
      replayedLsn: 0n,
    })
    assert.equal(linkOf(aPrimary({ lsn: at(100), senders: [starting] }), standbyAt(99)).lag.bytes, MB)
    const [stranger] = derivePicture(
      aCluster({ databases: [aPrimary({ lsn: at(100), senders: [starting] })] }),
      null,
      NOW,
    ).links
    assert.deepEqual([stranger?.lag.bytes, stranger?.lag.sentBytes], [null, null])
  })

  test('are unknown where a role may not see them', () => {
    const masked = aSender({
      applicationName: 'walreceiver',
      state: null,
      sentLsn: null,
      writtenLsn: null,
      flushedLsn: null,
      replayedLsn: null,
    })
    const [link] = derivePicture(aCluster({ databases: [aPrimary({ senders: [masked] })] }), null, NOW).links
    assert.deepEqual([link?.lag.bytes, link?.lag.seconds, link?.lag.sentBytes], [null, null, null])
  })
})

test('a standby that is cut off on another timeline than its source has no distance to it', () => {
  const cut = { timeline: 7, standby: { receiver: null } }
  const { state, lag } = linkOf(aPrimary({ lsn: at(100) }), standbyAt(90, cut))
  assert.equal(state, 'disconnected')
  assert.deepEqual(lag, UNKNOWN_LAG)
})

test('what is received and not applied is a lag, whatever the source has', () => {
  const receiver = aReceiver({ status: null, senderHost: null, senderPort: null, flushedLsn: null, latestEndLsn: null })
  const standby = aStandby({ standby: { receiver, receivedLsn: at(100), replayedLsn: at(90) } })
  const [link] = derivePicture(aCluster({ databases: [standby] }), null, NOW).links
  assert.deepEqual([link?.lag.bytes, link?.lag.replayedBytes, link?.lag.sentBytes], [10 * MB, 10 * MB, null])
})

test('of a source that can’t be read it is the least that the lag can be', () => {
  const dead = aPrimary(
    {},
    { pulse: aStale(aPrimaryPulse({ lsn: at(100) }), NOW - 4000, aFault('refused'), NOW - 2000) },
  )
  const cut = linkOf(dead, standbyAt(100, { standby: { receiver: null } }))
  assert.deepEqual([cut.lag.bytes, cut.lag.atLeast], [0, true])
  const heard = linkOf(dead, standbyAt(100))
  assert.deepEqual([heard.state, heard.lag.bytes, heard.lag.atLeast], ['streaming', 0, true])
  const read = linkOf(aPrimary({ lsn: at(100), senders: [] }), standbyAt(90, { standby: { receiver: null } }))
  assert.deepEqual([read.lag.bytes, read.lag.atLeast], [10 * MB, undefined])
})

describe('seconds', () => {
  const idle = { standby: { lastReplayedCommitAt: NOW - 7_200_000, applyLagSeconds: 0 } }

  test('are 0 on an idle primary, however old the last commit', () => {
    assert.equal(linkOf(aPrimary({ lsn: at(100), senders: [senderAt(100)] }), standbyAt(100, idle)).lag.seconds, 0)
  })

  test('are 0 when all is flushed and the standby has applied all it knew of', () => {
    const sender = { ...senderAt(101), replayedLsn: at(100) }
    const primary = aPrimary({ lsn: at(101), senders: [sender] }, { history: past(100, 100, 101) })
    const { lag } = linkOf(primary, standbyAt(100, idle))
    assert.deepEqual([lag.bytes, lag.seconds], [MB, 0])
  })

  test('of paused replay don’t trust the source’s replay_lag', () => {
    const sender = { ...senderAt(100), replayedLsn: at(93), replayLagSeconds: 0.0076 }
    const paused = {
      standby: { receivedLsn: at(100), replayedLsn: at(93), pause: 'paused' as const, applyLagSeconds: 95 },
    }
    const { lag, catchUpSeconds } = linkOf(aPrimary({ lsn: at(100), senders: [sender] }), standbyAt(93, paused))
    assert.equal(lag.seconds, 95)
    assert.equal(catchUpSeconds, null)
  })

  test('come from the source’s past where the last commit says too much', () => {
    const behind = { standby: { receivedLsn: at(100), replayedLsn: at(90), applyLagSeconds: 3600 } }
    const primary = aPrimary(
      { lsn: at(100), senders: [{ ...senderAt(100), replayedLsn: at(90) }] },
      { history: past(80, 90, 95, 100) },
    )
    assert.equal(linkOf(primary, standbyAt(90, behind)).lag.seconds, 4)
  })

  test('of what is not sent yet come from the source’s past', () => {
    const primary = aPrimary({ lsn: at(100), senders: [senderAt(90)] }, { history: past(80, 90, 95, 100) })
    assert.equal(linkOf(primary, standbyAt(90, idle)).lag.seconds, 4)
  })

  test('of a standby that can’t be read are the source’s while it answers, and unknown when it is silent', () => {
    const frozen = aStandby({}, { pulse: { state: 'failed', fault: aFault('timeout'), since: NOW - 1000 } })
    const seconds = (replyAgeSeconds: number, history: readonly DatabaseSample[] = []) => {
      const sender = { ...senderAt(90), replayLagSeconds: 0.5, replyAgeSeconds }
      return linkOf(aPrimary({ lsn: at(100), senders: [sender] }, { history }), frozen).lag.seconds
    }
    assert.deepEqual([seconds(0.2, past(100)), seconds(5, past(100)), seconds(5)], [0.5, null, null])
    assert.equal(seconds(5, past(90, 95, 100)), 4)
  })

  const lost = { standby: { receiver: null } }
  test('of a lost link run while the upstream writes', () => {
    const primary = aPrimary({ lsn: at(100), senders: [] }, { history: past(90, 95, 100) })
    assert.equal(linkOf(primary, standbyAt(90, lost), NOW + 1000).lag.seconds, 5)
  })
  test('of a lost link are 0 while the upstream writes nothing', () => {
    assert.equal(linkOf(aPrimary({ lsn: at(90), senders: [] }), standbyAt(90, lost)).lag.seconds, 0)
  })
  test('of a lost link are unknown when the source is dead and nothing more is known', () => {
    const dead = aPrimary({}, { pulse: aStale(aPrimaryPulse({ lsn: at(90) }), NOW, aFault('refused')) })
    assert.equal(linkOf(dead, standbyAt(90, lost), NOW + 4000).lag.seconds, null)
  })
  test('of a lost link count from the loss where no past is known', () => {
    const first = derivePicture(
      aCluster({ databases: [aPrimary({ lsn: at(90), senders: [] }), standbyAt(90, lost)] }),
      null,
      NOW,
    )
    const later = aCluster({ databases: [aPrimary({ lsn: at(100), senders: [] }), standbyAt(90, lost)] })
    assert.equal(derivePicture(later, first, NOW + 6000).links[0]?.lag.seconds, 6)
  })
})

describe('seconds to catch up', () => {
  const catching = (written: readonly number[], replayed: readonly number[]) => {
    const last = replayed.at(-1) ?? 0
    const primary = aPrimary({ lsn: at(written.at(-1) ?? 0), senders: [senderAt(last)] }, { history: past(...written) })
    return linkOf(primary, { ...standbyAt(last), history: past(...replayed) }).catchUpSeconds
  }
  test('are 0 when there is nothing', () => assert.equal(catching([100, 100], [100, 100]), 0))
  test('shrink the backlog by the difference of the speeds', () => assert.equal(catching([100, 110], [40, 60]), 10))
  test('are never when the upstream writes faster', () => assert.equal(catching([100, 130], [40, 60]), null))
  test('are short on a busy link in step', () => assert.equal(catching([80, 101], [80, 100]), 0.1))
  test('are unknown without a past', () => assert.equal(catching([100], [40]), null))
})
