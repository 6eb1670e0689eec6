// Completions as the shells themselves see them; and that every command and option is in each.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { bashCompletion } from '../../../../src/cli/commands/completion/bash.ts'
import { allCommands, type CommandEntry, commandTree } from '../../../../src/cli/commands/completion/command-tree.ts'
import { configNames } from '../../../../src/cli/commands/completion/config-names.ts'
import { fishCompletion } from '../../../../src/cli/commands/completion/fish.ts'
import { zshCompletion } from '../../../../src/cli/commands/completion/zsh.ts'
import { Invocation } from '../../../../src/cli/invocation/invocation.ts'
import { createProgram } from '../../../../src/cli/program.ts'
import { loadConfig } from '../../../../src/config/load.ts'
import { scratch } from '../../../config/scratch.ts'
import { TYPESCRIPT } from '../../../fakes/typescript.ts'
import { startPgdeck } from '../../process.ts'

const tree: CommandEntry = commandTree(createProgram(new Invocation('1', [])))
const MAIN = fileURLToPath(new URL('../../../../src/main.ts', import.meta.url))
const has = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))

/** What bash offers for a line; the last word is the one being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${bashCompletion(tree)}
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
  ['zsh', ['-n'], zshCompletion(tree)],
  ['fish', ['--no-execute'], fishCompletion(tree)],
] as const) {
  test(`${shell} can read its script`, { skip: !has(shell) && `${shell} is not installed` }, (context) => {
    execFileSync(shell, [...check, scratch(context).write('script', script)])
  })
}

test('every command and every long option is in each script', () => {
  for (const script of [bashCompletion(tree), zshCompletion(tree), fishCompletion(tree)]) {
    for (const { path, options } of allCommands(tree)) {
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
  assert.deepEqual([bash.code, bash.out, bash.err], [0, bashCompletion(tree), ''])
  const other = await startPgdeck(context, ['completion', 'ksh'], { cwd: folder }).ended
  assert.equal(other.code, 64)
  assert.match(other.err, /'ksh' is invalid.*bash, zsh, fish/)
})

describe('names of the configuration', () => {
  const CONFIG = JSON.stringify({
    clusters: [
      {
        name: 'vault',
        databases: [{ name: 'db-1', dsn: 'postgresql://u:hunter2@h/x' }],
        hosts: [{ name: 'h' }],
        actions: [{ name: 'rotate', title: 'Rotate', host: 'h', command: ['true'] }],
      },
      {
        name: 'shop',
        databases: ['db-2', 'a b', '-x', 'b$(touch gone)'].map((name) => ({ name, dsn: 'host=h2' })),
      },
    ],
  })

  test('are told by kind and cluster, those that a shell would expand or split left out', (context) => {
    const path = scratch(context).write('c.json', CONFIG)
    const config = loadConfig({ path, env: {}, cwd: '/' })
    assert.deepEqual(configNames(config, 'clusters', undefined), ['vault', 'shop'])
    assert.deepEqual(configNames(config, 'nodes', undefined), ['db-1', 'db-2'])
    assert.deepEqual(configNames(config, 'nodes', 'shop'), ['db-2'])
    assert.deepEqual(configNames(config, 'actions', 'vault'), ['rotate'])
    assert.deepEqual(configNames(config, 'nodes', 'nope'), [])
  })

  test('come with what is known of itself, and a config that can not be read adds nothing', async (context) => {
    const { folder, write } = scratch(context)
    const config = write('c.json', CONFIG)
    const open = write('open.json', CONFIG, 0o644)
    const pgdeck = write(
      'pgdeck',
      `#!/bin/sh\nexec '${process.execPath}' --import '${TYPESCRIPT}' '${MAIN}' "$@"\n`,
      0o755,
    )
    const typed = (...words: readonly string[]) => {
      const run = `${bashCompletion(tree)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pgdeck 2>&1; printf '%s\\n' "\${COMPREPLY[@]}"`
      const env = { PATH: process.env.PATH ?? '', HOME: folder }
      const args = ['--norc', '-c', run, 'bash', pgdeck, ...words]
      return execFileSync('bash', args, { encoding: 'utf8', cwd: folder, env })
        .split('\n')
        .filter((word) => word !== '')
    }
    assert.deepEqual(typed('--config', config, 'do', 'r'), [
      'restart',
      'rebuild-replica',
      'rename',
      'reload',
      'rolling-restart',
      'resume-manager',
      'resume-replay',
      'rotate',
    ])
    assert.deepEqual(typed('do', '--config', '~/c.json', '--dry-run', 'promote', 'd'), ['db-1', 'db-2'])
    assert.deepEqual(typed('-c', config, '--cluster', ''), ['vault', 'shop'])
    assert.deepEqual(typed('diagnose', '--config', open, 'd'), [])
    assert.deepEqual(typed('do', '--config', config, '--confirm', ''), [], 'what confirms is typed by hand')
    const { code, out, err } = await startPgdeck(context, ['__names', 'nodes', '--config', open], { cwd: folder }).ended
    assert.deepEqual([code, out, err], [0, '', ''])
  })

  test('are asked for by every shell, in the places that take them', () => {
    for (const [shell, script] of [
      ['zsh', zshCompletion(tree)],
      ['fish', fishCompletion(tree)],
    ] as const) {
      for (const kind of ['actions', 'clusters', 'nodes'])
        assert.match(script, new RegExp(`_pgdeck_names ${kind}`), shell)
      assert.match(script, /switchover/)
    }
    assert.doesNotMatch(
      commandTree(createProgram(new Invocation('1', [])))
        .commands.map(({ path }) => path)
        .join(),
      /__names/,
    )
  })
})
