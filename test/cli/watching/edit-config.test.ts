// `:edit`: which editor is run on which file, and what is told of what it left.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { configEditor } from '../../../src/cli/watching/edit-config.ts'
import { scratch } from '../../config/scratch.ts'

const GOOD = '{"clusters": [{"name": "v", "databases": [{"name": "a", "dsn": "host=x user=y"}]}]}'

test('the editor gets its own arguments and the file, and what it left is judged', async (context) => {
  const { folder, write } = scratch(context)
  const file = write('pgdeck.json', GOOD)
  const editor = write('editor', `#!/bin/sh\necho "$@" > ${join(folder, 'called')}\ncat "$NEXT" > "$2"\n`, 0o755)
  const after = async (text: string, env: Record<string, string> = {}) => {
    const guest = configEditor(file, {
      EDITOR: `${editor} -f`,
      NEXT: write('next', text),
      PATH: process.env.PATH,
      ...env,
    })
    assert.ok('run' in guest, JSON.stringify(guest))
    return guest.run()
  }
  const good = await after(GOOD)
  assert.deepEqual(good, { good: `${file} is valid; pgdeck uses it after the next start` })
  assert.equal(readFileSync(join(folder, 'called'), 'utf8'), `-f ${file}\n`)
  assert.match(String(await after('{"clusters": [')), /pgdeck\.json:1:15: is not JSON/)
  assert.match(String(await after(GOOD.replace('"a"', '1').replace('"v"', '2'))), /found 2; .* \(and 1 more: pgdeck/)
  const withKeys = GOOD.replace(/\}$/, ', "ui": {"keys": {"quit": "s"}}}')
  assert.match(String(await after(withKeys)), /ui\.keys\.quit: found "s"; allowed: .*"sort" uses this one/)
  const visual = write('visual', '#!/bin/sh\nexit 3\n', 0o755)
  assert.match(String(await after(GOOD, { VISUAL: visual })), /visual on .*pgdeck\.json ended with 3/)
})

test('says why there is none', () => {
  assert.match(
    JSON.stringify(configEditor(null, {})),
    /no configuration file: pgdeck was started with connection strings/,
  )
  const nowhere = configEditor('/x.json', { EDITOR: 'nano', PATH: '/nowhere' })
  assert.match(JSON.stringify(nowhere), /nano is not installed here, or not on the PATH: set VISUAL or EDITOR/)
})
