import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withFittingNames } from '../../../../src/ui/frame/format/fitting-names.ts'
import { type Line, span } from '../../../../src/ui/frame/format/line.ts'

const NAMES = [1, 2].map((number) => `payments-production-frankfurt-primary-database-node-0${number}`)
const fitted = (line: Line, columns: number, names = NAMES) =>
  withFittingNames(line, names, columns, '…')
    .map(({ text }) => text)
    .join('')

test('names are cut only where a line would not fit, and what is said of them stays', () => {
  const line = NAMES.flatMap((name) => [span(name, 'strong'), span(' 8 of 47  ')])
  assert.equal(fitted(line, 200), line.map(({ text }) => text).join(''))
  assert.equal(fitted(line, 80), 'payments-pr…base-node-01 8 of 47  payments-pr…base-node-02 8 of 47  ')
  assert.equal(fitted(line, 50), 'payme…ode-01 8 of 47  payme…ode-02 8 of 47  ')
})

test('a name that begins another one, and one with signs of a pattern', () => {
  const names = ['frankfurt.node(+)', 'frankfurt.node(+)-standby']
  assert.equal(fitted([span(names.join(', '))], 20, names), 'frank…ode(+), frank…tandby')
  assert.equal(fitted([span('frankfurtXnode(+)')], 10, names), 'frankfurtXnode(+)')
})
