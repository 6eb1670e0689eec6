// Inside a real GNU screen: it draws, what is copied reaches the terminal outside whole, and the end gives all back.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openPty } from '../fakes/pty.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'

const PROGRAM = fileURLToPath(new URL('../fakes/screen-program.ts', import.meta.url))
const hasScreen = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'screen')))

describe('inside GNU screen', { skip: !hasScreen && 'screen is not installed' }, () => {
  test('y copies through it, long texts in pieces that come together again', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
    const { STY: _, ...env } = process.env as Record<string, string>
    const pty = openPty({
      command: 'screen',
      args: [
        '-U',
        '-c',
        '/dev/null',
        '-S',
        `pgdeck-${process.pid}`,
        process.execPath,
        '--import',
        TYPESCRIPT,
        PROGRAM,
        'wait',
      ],
      cols: 100,
      rows: 30,
      env: { ...env, LC_ALL: 'C.UTF-8', SCREENDIR: folder, STY: undefined },
    })
    t.after(async () => {
      pty.close()
      await pty.ended
      rmSync(folder, { recursive: true, force: true })
    })
    await pty.until((screen) => /▸ pmp-a/.test(screen) && /q quit/.test(screen), 'the screen')
    const copies = () =>
      [...pty.raw().matchAll(/\x1b\]52;c;([A-Za-z0-9+/=]*)\x07/g)].map(([, text = '']) => decoded(text))
    pty.press('y')
    await pty.until((screen) => /copied: pmp-a/.test(screen) && copies().length === 1, 'a row copied')
    assert.match(copies()[0] ?? '', /^pmp-a {2}primary {2}● active/)
    pty.press('\r')
    await pty.until((screen) => /SERVER pmp-a/.test(screen), 'the details')
    pty.press('y')
    const after = await pty.until(
      (screen) => /copied: \d+ lines/.test(screen) && copies().length === 2,
      'details copied',
    )
    assert.match(copies()[1] ?? '', /^ SERVER pmp-a[\s\S]*time to answer/)
    assert.ok((copies()[1] ?? '').length > 400, 'longer than one piece')
    assert.doesNotMatch(after, /52;c|[A-Za-z0-9+/]{60}/)
    pty.press('q')
    assert.deepEqual(await pty.ended, { code: 0 })
  })
})

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}
