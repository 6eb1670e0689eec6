import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LOG_MESSAGE_IDS } from '../../../../src/model/logs/messages/english.ts'
import { LANGUAGES } from '../../../../src/model/logs/messages/languages.ts'
import { logLanguage, messageIdOf, messageIdsIn } from '../../../../src/model/logs/messages/recognize.ts'

/** What servers of these languages wrote. */
const TABLE: readonly (readonly [string, string, string])[] = [
  ['C', 'database system is ready to accept read-only connections', 'ready'],
  ['en_US.UTF-8', 'received SIGHUP, reloading configuration files', 'reload'],
  ['de_DE.UTF-8', 'Datenbanksystem ist bereit, um Verbindungen anzunehmen', 'ready'],
  ['de_DE.UTF-8', 'SIGHUP empfangen, Konfigurationsdateien werden neu geladen', 'reload'],
  ['de_DE.UTF-8', 'Passwort-Authentifizierung für Benutzer »repl« fehlgeschlagen', 'login-failed'],
  ['fr_FR.UTF-8', 'le système de bases de données est prêt pour accepter les connexions', 'ready'],
  ['ja_JP.UTF-8', 'データベースシステムの接続受け付け準備が整いました', 'ready'],
  ['ru_RU.UTF-8', 'система БД готова принимать подключения', 'ready'],
  ['zh_CN.UTF-8', '数据库系统准备接受连接', 'ready'],
  ['de_DE.UTF-8', '/data/log/x.conf was not reloaded', 'not-reloaded'],
]

describe('messages of a server', () => {
  for (const [messages, text, id] of TABLE) {
    test(`${messages}: ${text}`, () => {
      assert.equal(messageIdOf(text, logLanguage(messages)), id)
      assert.equal(messageIdOf(text), id)
    })
  }

  test('what others say of the same is none', () => {
    assert.equal(messageIdOf("statement: select 'database system is shut down'", logLanguage('C')), null)
    assert.equal(messageIdOf('', logLanguage(null)), null)
  })

  test('a receiver quotes its source, in the source’s language', () => {
    const text =
      'could not connect to the primary server: connection to server at "127.0.0.1", port 5432 failed: FATAL:  Passwort-Authentifizierung für Benutzer »repl« fehlgeschlagen'
    assert.deepEqual([...messageIdsIn(text)].sort(), ['login-failed', 'no-primary-connection'])
  })

  test('a language that is not known goes by codes', () => {
    assert.equal(logLanguage('tlh').isKnown, false)
    assert.equal(logLanguage('pt_BR.UTF-8').isKnown, false)
    assert.equal(logLanguage('').isKnown, true)
    assert.equal(logLanguage('zh_TW.UTF-8').isKnown, false)
    assert.equal(logLanguage('zh_CN.UTF-8').isKnown, true)
  })

  test('every message has words in every language, or those of English, and no fragment is so short that anything has it', () => {
    for (const [code, { messages }] of LANGUAGES) {
      for (const { id, fragments } of messages) {
        assert.ok(LOG_MESSAGE_IDS.includes(id))
        const words = fragments.join('').replace(/[\s"'«»“”「」:.,/()]/g, '')
        assert.ok(words.length >= 3, `${code} ${id}: ${fragments.join('%s')}`)
      }
    }
  })
})
