// Completions as the shells themselves see them; and that every command and option is in each.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { type CommandEntry, commandTree, everyCommand } from '../../src/cli/command-tree.ts'
import { bashScript } from '../../src/cli/completion/bash.ts'
import { fishScript } from '../../src/cli/completion/fish.ts'
import { zshScript } from '../../src/cli/completion/zsh.ts'
import { Context } from '../../src/cli/context.ts'
import { createProgram } from '../../src/cli/program.ts'
import { scratch } from '../config/scratch.ts'
import { startPgdeck } from './process.ts'

const tree: CommandEntry = commandTree(createProgram(new Context('1')))
const has = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))

/** What bash offers for a line; the last word is the one being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${bashScript(tree)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pgdeck; printf '%s\\n' "\${COMPREPLY[@]}"`
  const out = execFileSync('bash', ['--norc', '-c', script, 'bash', 'pgdeck', ...words], { encoding: 'utf8' })
  return out.split('\n').filter((word) => word !== '')
}

describe('bash', { skip: !has('bash') && 'bash is not installed' }, () => {
  test('offers commands, those below them, options and choices', () => {
    assert.ok(
      ['watch', 'status', 'check', 'config', 'completion', '--config'].every((word) => offered('').includes(word)),
    )
    assert.deepEqual(offered('stat'), ['status'])
    assert.deepEqual(offered('config', ''), ['init', 'validate', 'schema', ...offered('config', '-')])
    assert.deepEqual(offered('config', 'init', '--o'), ['--out'])
    assert.deepEqual(offered('status', '--js'), ['--json'])
    assert.deepEqual(offered('status', '--int'), ['--interval'], 'what every command takes')
    assert.ok(offered('check', '').includes('replication-lag'))
    assert.deepEqual(offered('demo', '--model', 'mir'), ['mirrored'])
    assert.deepEqual(offered('completion', ''), ['bash', 'zsh', 'fish', ...offered('completion', '-')])
  })

  test('offers files where a file is meant, and nothing where only the user knows', (context) => {
    const { folder, write } = scratch(context)
    write('some-config.json', '{}')
    assert.deepEqual(offered('--config', join(folder, 'some')), [join(folder, 'some-config.json')])
    assert.deepEqual(offered('status', '--interval', ''), [])
  })

  test('takes -c for the limit after check, and for the file elsewhere', () => {
    assert.deepEqual(offered('check', 'disk', '-c', ''), [])
    assert.ok(offered('status', '-c', '').length > 0)
  })
})

for (const [shell, check, script] of [
  ['zsh', ['-n'], zshScript(tree)],
  ['fish', ['--no-execute'], fishScript(tree)],
] as const) {
  test(`${shell} can read its script`, { skip: !has(shell) && `${shell} is not installed` }, (context) => {
    execFileSync(shell, [...check, scratch(context).write('script', script)])
  })
}

test('every command and every long option is in each script', () => {
  for (const script of [bashScript(tree), zshScript(tree), fishScript(tree)]) {
    for (const { path, options } of everyCommand(tree)) {
      assert.ok(script.includes(path.split(' ').at(-1) ?? ''), path)
      for (const { names } of options) {
        const [name = ''] = names
        assert.ok(script.includes(name) || script.includes(`-l ${name.slice(2)}`), `${name} of ${path}`)
      }
    }
  }
})

test('pgdeck completion prints it, and names the shells it knows', async (context) => {
  const { folder } = scratch(context)
  const bash = await startPgdeck(context, ['completion', 'bash'], { cwd: folder }).ended
  assert.deepEqual([bash.code, bash.out, bash.err], [0, bashScript(tree), ''])
  const other = await startPgdeck(context, ['completion', 'ksh'], { cwd: folder }).ended
  assert.equal(other.code, 64)
  assert.match(other.err, /'ksh' is invalid.*bash, zsh, fish/)
})
