// The manual page can be formatted without a complaint and says everything; the unit of systemd runs what there is.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { manualPage } from '../../scripts/manual-page.ts'
import { allCommands, commandTree } from '../../src/cli/commands/completion/command-tree.ts'
import { Invocation } from '../../src/cli/invocation/invocation.ts'
import { createProgram } from '../../src/cli/program.ts'
import { keyTable } from '../../src/ui/keys/keymap/key-table.ts'

const withoutGroff = spawnSync('groff', ['--version']).error !== undefined && 'groff is not installed'
const tree = commandTree(createProgram(new Invocation('', [])))

test('the page is formatted without a warning', { skip: withoutGroff }, () => {
  const page = manualPage()
  const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-cbou'], {
    input: page,
    encoding: 'utf8',
  })
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /PGDECK\(1\)/)
  assert.match(stdout, /config validate/)
  assert.match(stdout, /--screen-reader/)
})

test('every command, option and key is in it', () => {
  const page = manualPage().replaceAll('\\-', '-')
  for (const { path, options } of allCommands(tree)) {
    assert.ok(page.includes(path), path)
    for (const { names } of options) for (const name of names) assert.ok(page.includes(name), `${name} of ${path}`)
  }
  for (const { title } of keyTable()) assert.ok(page.includes(title.split('"')[0] ?? ''), title)
})

test('no line of it can be taken for a request by mistake, and all of it is ASCII', () => {
  const lines = manualPage().split('\n')
  assert.deepEqual(
    lines.filter((line) => /[^\x20-\x7e]/.test(line)),
    [],
  )
  const requests = lines.filter((line) => /^[.']/.test(line)).map((line) => /^\S+/.exec(line)?.[0])
  assert.deepEqual([...new Set(requests)].sort(), ['.B', '.SH', '.SS', '.TH', '.TP', '.\\"', '.br'])
})

test('the unit of systemd calls commands and options that there are', () => {
  const unit = readFileSync(fileURLToPath(new URL('../../docs/pgdeck-metrics.service', import.meta.url)), 'utf8')
  const [, line = ''] = /^ExecStart=\/usr\/bin\/env pgdeck (.*)$/m.exec(unit) ?? []
  const words = line.split(' ')
  const metrics = tree.commands.find(({ path }) => path === 'metrics')
  const known = [...tree.options, ...(metrics?.options ?? [])].flatMap(({ names }) => names)
  assert.ok(words.includes('metrics'))
  for (const word of words.filter((each) => each.startsWith('-'))) assert.ok(known.includes(word), word)
})
