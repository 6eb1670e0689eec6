import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ClusterEvent } from '../../../../src/model/picture/picture.ts'
import { subjectOf } from '../../../../src/model/picture/subject.ts'
import { shownCluster } from '../../../../src/state/select/cluster.ts'
import { eventPaneRows } from '../../../../src/state/select/rows.ts'
import type { ClusterState, State } from '../../../../src/state/state.ts'
import { alertRows, alertsAndEvents, eventsOfSubject, silenceRows } from '../../../../src/ui/views/alerts/rows.ts'
import { manyAlerts } from '../../../builders/alert-screens.ts'
import { firstSeconds, primaryDown } from '../../../builders/screens.ts'

function cluster(state: State = manyAlerts()): ClusterState {
  const shown = shownCluster(state)
  assert.ok(shown)
  return shown
}

describe('alerts and events', () => {
  test('stand in the order of time, the newest first', () => {
    const times = alertsAndEvents(cluster()).map(({ at }) => at)
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
    )
  })

  test('the event that began an alert in force is not told beside it; others of its subject are', () => {
    const told = alertsAndEvents(cluster()).filter(({ name, text }) => name === 'db-ro' && text.startsWith('replay is'))
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['alert'],
    )
    const over = { ...cluster(), picture: null }
    assert.ok(
      alertsAndEvents(over).some(({ text }) => text.startsWith('replay is')),
      'it is told once the alert is over',
    )
    assert.ok(alertsAndEvents(cluster()).some(({ text }) => text === 'disconnected from db-1'))
  })

  test('the home screen tells what stands once too', () => {
    const state = manyAlerts()
    const told = eventPaneRows(state, cluster(state)).map((row) =>
      row.kind === 'alert' ? `${row.name}: ${row.alert.message}` : `${row.event.subjectName}: ${row.event.text}`,
    )
    assert.equal(told.filter((each) => each.includes('replay is')).length, 1, told.join('\n'))
  })

  test('a change of status that raised an alert is told once too, though it was seen later than it began', () => {
    const down = cluster(primaryDown())
    const alert = down.picture?.alerts.find(({ rule }) => rule === 'database-inactive')
    assert.ok(alert)
    const at = alert.since + 1_500
    const other = {
      at,
      severity: alert.severity,
      subject: subjectOf('db-1'),
      subjectName: 'db-1',
      text: 'was restarted',
    }
    const event: ClusterEvent = { ...other, text: 'inactive: gone', raises: 'database-inactive' }
    const told = alertsAndEvents({ ...down, events: [event, other] }).filter(({ kind }) => kind === 'event')
    assert.deepEqual(
      told.map(({ text }) => text),
      ['was restarted'],
    )
  })

  test('alerts carry their cause, their name and what mutes them', () => {
    const paused = alertRows(cluster()).find(({ alert }) => alert.rule === 'replay-paused')
    assert.equal(paused?.cause, 'max_connections 30 < 100 on db-1')
    assert.equal(paused?.mutedBy, null)
    const slot = alertRows(cluster()).find(({ alert }) => alert.rule === 'slot-inactive')
    assert.equal(slot?.name, 'db-1')
    assert.equal(slot?.subject, 'db-1', 'a slot is renamed and opened as its database')
    assert.equal(slot?.silence, 'silence-1')
  })

  test('silences that mute nothing now are there too', () => {
    assert.deepEqual(
      silenceRows(cluster()).map(({ id, mutes }) => [id, mutes.length]),
      [
        ['silence-1', 1],
        ['silence-2', 0],
      ],
    )
  })

  test('events about a slot are those of its database', () => {
    assert.ok(eventsOfSubject(cluster(), subjectOf('db-1', 'old_report')).some(({ text }) => text === 'timeline 3 → 4'))
  })

  test('nothing is made up before the first answers', () => {
    assert.deepEqual(alertsAndEvents(cluster(firstSeconds())), [])
  })
})

test('beside the tables a slot goes by its database’s name too, and a file system by its host’s', () => {
  const state = manyAlerts()
  const rows = eventPaneRows(state, cluster(state)).filter((row) => row.kind === 'alert')
  const slot = rows.find(({ alert }) => alert.rule === 'slot-inactive')
  assert.equal(slot?.name, 'db-1')
  assert.ok(rows.every(({ name }) => !name.includes('/')))
})
