// Inside a real tmux: what is copied arrives in its buffer, and nothing of the sequences is drawn.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { shellQuote } from '../../src/model/values/shell-quote.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { until } from '../wait.ts'

const PROGRAM = fileURLToPath(new URL('../fakes/screen-program.ts', import.meta.url))
const hasTmux = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'tmux')))

describe('inside tmux', { skip: !hasTmux && 'tmux is not installed' }, () => {
  test('y copies through it', async (t) => {
    const server = `pgdeck-test-${process.pid}`
    const { TMUX: _, ...env } = process.env
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-u', '-L', server, '-f', '/dev/null', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...env, LC_ALL: 'C.UTF-8' },
      })
    const command = [process.execPath, '--import', TYPESCRIPT, PROGRAM, 'wait'].map(shellQuote).join(' ')
    tmux('new-session', '-d', '-x', '100', '-y', '30', command)
    t.after(() => tmux('kill-server'))
    tmux('set-option', '-s', 'set-clipboard', 'on')
    const screen = () => tmux('capture-pane', '-p')
    await until('the screen is drawn', 10_000, async () => /▸ pmp-a/.test(screen()))
    tmux('send-keys', 'y')
    await until('it is copied', 10_000, async () => /copied: pmp-a/.test(screen()))
    await until('tmux has it', 10_000, async () => /pmp-a {2}primary {2}● active/.test(tmux('list-buffers')))
    assert.doesNotMatch(screen(), /52;c|tmux;/)
    assert.match(tmux('display-message', '-p', '#{pane_title}'), /● vault · pgdeck/)
  })
})
