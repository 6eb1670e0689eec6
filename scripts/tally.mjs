// Listens to the events of Node's test runner: one line per test file while it runs, failures in full and counts at the end.

/** The part of an error that tells what is wrong: its own message, difference and stack, without the runner's wrapping. */
function describeError(error) {
  const cause = error?.code === 'ERR_TEST_FAILURE' && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return String(cause?.cause ?? cause)
  const stack = cause.stack ?? `${cause.name}: ${cause.message}`
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:(internal|async_hooks|test)/.test(line))
    .join('\n')
}

export class Tally {
  passed = 0
  skipped = []
  failures = []
  #files = new Map()
  /** How long each file took; the files of a run share the processors. */
  #seconds = new Map()
  #said = new Map()
  /** The test that began last in each file: where a file that breaks was. */
  #began = new Map()

  fail(title, text) {
    this.failures.push({ title, text })
  }

  /** Takes in one event of `run()`. Suites and files are not counted, only tests; a file that breaks counts as a failure. */
  hear(event, shorten) {
    const { type, data } = event
    if (type === 'test:stderr' || type === 'test:stdout') this.#keep(data)
    if (type === 'test:dequeue' && data.nesting + Number(data.name !== shorten(data.file ?? '')) > 0)
      this.#began.set(data.file, data.name)
    if (type === 'test:summary' && data.file) this.#seconds.set(shorten(data.file), data.duration_ms / 1000)
    if (type !== 'test:pass' && type !== 'test:fail') return
    const file = data.file ? shorten(data.file) : '?'
    // A suite that is skipped tells nothing of its tests: it is what is counted and told.
    if (data.details?.type === 'suite' && data.skip === undefined) {
      if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed') this.#failed(file, data)
      return
    }
    const entry = this.#files.get(file) ?? { passed: 0, failed: 0, skipped: 0 }
    this.#files.set(file, entry)
    if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed') {
      entry.failed += 1
      this.#failed(file, data)
    } else if (data.skip !== undefined || data.todo !== undefined) {
      entry.skipped += 1
      const why = [data.skip, data.todo].find((reason) => typeof reason === 'string') ?? 'no reason given'
      this.skipped.push(`${file}: ${data.name}: ${why}`)
    } else if (type === 'test:pass') {
      entry.passed += 1
      this.passed += 1
    }
  }

  #keep({ file, message }) {
    const said = this.#said.get(file) ?? ''
    if (said.length < 20_000) this.#said.set(file, said + message)
  }

  #failed(file, data) {
    const error = data.details.error
    const crashed = data.nesting === 0 && (data.name === data.file || data.name === file)
    const at = this.#began.get(data.file)
    const said = crashed
      ? `\n${(this.#said.get(data.name) ?? '').trim()}\nthe test that began last: ${at ?? 'none'}`
      : ''
    console.log(`FAILED  ${file}: ${data.name}`)
    this.fail(`${file}${data.line ? `:${data.line}` : ''}: ${data.name}`, describeError(error) + said)
  }

  /** Everything a reader needs at the end, the closing line of counts last. */
  print() {
    for (const [file, { passed, failed, skipped }] of [...this.#files].sort(([a], [b]) => a.localeCompare(b))) {
      const rest = [failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean).join(', ')
      const time = this.#seconds.has(file) ? `  ${this.#seconds.get(file).toFixed(1)} s` : ''
      console.log(`${failed ? 'FAILED' : 'ok    '}  ${file}  ${passed} passed${rest ? `, ${rest}` : ''}${time}`)
    }
    if (this.skipped.length > 0) console.log(`\nSKIPPED\n${this.skipped.map((line) => `- ${line}`).join('\n')}`)
    if (this.failures.length > 0) console.log('\nFAILURES')
    for (const [index, { title, text }] of this.failures.entries()) {
      console.log(`\n${index + 1}) ${title}\n${text.replace(/^/gm, '   ')}`)
    }
    console.log(`\n${this.passed} passed, ${this.failures.length} failed, ${this.skipped.length} skipped`)
  }
}
