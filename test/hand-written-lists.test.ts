// What is listed by hand and checked by no type: commands and managers in documents, and the keys that the configuration reads.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandTree } from '../src/cli/commands/completion/command-tree.ts'
import { Invocation } from '../src/cli/invocation/invocation.ts'
import { createProgram } from '../src/cli/program.ts'
import { configJsonSchema } from '../src/config/schema/file.ts'
import { MANAGER_KINDS, MANAGER_TITLES } from '../src/model/measured/managers/manager-signs.ts'
import { projectFiles, ROOT, readSource } from './house/source.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

const documentText = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8')

function keysOf({ properties = {}, items }: Schema): readonly string[] {
  const below = Object.entries(properties).flatMap(([key, schema]) => [key, ...keysOf(schema)])
  return items ? [...below, ...keysOf(items)] : below
}

test('docs/commands.md has every command', () => {
  const text = documentText('commands.md')
  // `watch` is what pgdeck does without a command; hidden ones are not in the tree.
  const commands = commandTree(createProgram(new Invocation('', [])))
    .commands.map(({ path }) => path)
    .filter((name) => name !== 'watch')
  assert.ok(commands.length > 10)
  assert.deepEqual(
    commands.filter((name) => !new RegExp(`\`pgdeck ${name}\\b`).test(text)),
    [],
  )
})

test('docs/managers.md has every kind of manager', () => {
  const text = documentText('managers.md')
  // Those of one row have a part of their title there: `Google Cloud SQL and AlloyDB`. A provider has no name.
  const isNamed = (title: string) => text.includes(title) || title.split(' ').every((word) => text.includes(word))
  assert.deepEqual(
    MANAGER_KINDS.filter((kind) => kind !== 'hosted' && !isNamed(MANAGER_TITLES[kind].replace(' or ', ' '))),
    [],
  )
})

test('every key of the configuration is read', () => {
  const readers = projectFiles()
    .filter((path) => /^src\/config\/(?!schema\/)/.test(path))
    .map((path) => readSource(path).text)
    .join('\n')
  const keys = [...new Set(keysOf(configJsonSchema() as Schema))].filter((key) => key !== '$schema')
  assert.ok(keys.includes('passwordCommand'))
  assert.deepEqual(
    keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(readers)),
    [],
  )
})
