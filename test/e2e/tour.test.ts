// The guided tour in a real terminal, over real servers, from the first line to the last; and its end by a key.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { patiently } from '../wait.ts'
import { build, gone, openDemo, processesOf } from './demo-screen.ts'

/** An incident with a real promotion in it. */
const WHOLE_TOUR_MS = patiently(60_000)

describe('the guided tour', () => {
  before(build)

  for (const [cols, rows] of [
    [80, 24],
    [120, 40],
  ] as const) {
    test(`plays from the alarm to the proof at ${cols}x${rows}`, async (t) => {
      const pty = openDemo(t, { cols, rows, args: ['--tour', '10'] })
      await pty.until((screen) => /An incident on real servers/.test(screen), 'the first line')
      await pty.until((screen) => /USERS CAN ONLY READ|DATABASE DOWN/.test(screen), 'the alarm', WHOLE_TOUR_MS)
      await pty.until((screen) => /DIAGNOSIS of database db-1/.test(screen), 'the diagnosis', WHOLE_TOUR_MS)
      await pty.until((screen) => /Type db-ro: db-/.test(screen), 'the confirmation', WHOLE_TOUR_MS)
      await pty.until((screen) => /WHO SERVES NOW/.test(screen), 'the proof', WHOLE_TOUR_MS)
      const last = await pty.until((screen) => /Your turn: /.test(screen), 'the invitation', WHOLE_TOUR_MS)
      assert.match(last, /db-ro .*primary .*active/)
      // From here on the keys do what they always do.
      pty.press('2')
      await pty.until((screen) => /REPLICATION/.test(screen) && !/Your turn/.test(screen), 'the view of a key')
    })
  }

  test('q ends it with everything it started', async (t) => {
    const pty = openDemo(t, { cols: 80, rows: 24, args: ['--tour'] })
    await pty.until((screen) => /any key takes over/.test(screen), 'the first line')
    const started = processesOf(pty)
    pty.press('q')
    assert.deepEqual(await pty.ended, { code: 0 })
    assert.equal(pty.modes().alternateScreen, false)
    await gone(started)
  })
})
