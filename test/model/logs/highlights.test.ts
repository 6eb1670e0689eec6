import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { UNKNOWN_LOG_SETTINGS } from '../../../src/model/logs/entries/entry.ts'
import { createLogHighlighter } from '../../../src/model/logs/highlights.ts'

const LOG = `2026-11-22 14:31:50.001 UTC [77] LOG:  database system is ready to accept connections
2026-11-22 14:31:51.000 UTC [77] app@db FATAL:  password authentication failed for user "app"
2026-11-22 16:32:07.500 +02 [77] LOG:  received promote request
2026-11-22 14:32:08.000 CST [77] LOG:  selected new timeline ID: 5
2026-11-22 14:33:00.000 UTC [9] FATAL:  could not connect to the primary server: refused
2026-11-22 14:33:05.000 UTC [10] FATAL:  could not connect to the primary server: refused
2026-11-22 14:33:10.000 UTC [11] FATAL:  could not connect to the primary server: refused
2026-11-22 14:40:00.000 UTC,,,12,,"x",1,,"2026-11-22 14:00:00 UTC",,0,LOG,00000,"terminating walreceiver ""x""",,,,,,
2020-01-01 00:00:00.000 UTC [1] LOG:  database system is shut down
2026-11-22 14:41:00.000 UTC [77] LOG:  entering standby mode`

const at = (time: string) => Date.parse(`2026-11-22T${time}Z`)

describe('what a log tells of its server', () => {
  test('telling lines with a certain time, repeated ones once, wherever the log was cut', () => {
    for (const size of [1, 7, 64, 100_000]) {
      const highlighter = createLogHighlighter(at('00:00:00'), UNKNOWN_LOG_SETTINGS)
      const file = highlighter.file('postgresql.log')
      for (let index = 0; index < LOG.length; index += size) file.push(LOG.slice(index, index + size))
      file.end()
      assert.deepEqual(highlighter.found(), [
        { at: at('14:31:50.001'), text: 'database system is ready to accept connections' },
        { at: at('14:32:07.500'), text: 'received promote request' },
        { at: at('14:33:00'), text: 'could not connect to the primary server: refused (3 times)' },
        { at: at('14:40:00'), text: 'terminating walreceiver "x"' },
        { at: at('14:41:00'), text: 'entering standby mode' },
      ])
    }
  })

  test('a line without an end is no burden', () => {
    const highlighter = createLogHighlighter(0, UNKNOWN_LOG_SETTINGS)
    const file = highlighter.file('postgresql.log')
    for (let part = 0; part < 2_000; part += 1) file.push('database system is '.repeat(50))
    file.end()
    assert.deepEqual(highlighter.found(), [])
  })
})
