// Reads SQL word by word: which names of PostgreSQL's a text uses without their schema.

/** What PostgreSQL has in pg_catalog, by the servers that are here. */
export interface Names {
  readonly routines: ReadonlySet<string>
  readonly relations: ReadonlySet<string>
  readonly types: ReadonlySet<string>
}

/** Words of the grammar that look like calls or types: they mean the same in every search path, and take no schema. */
const GRAMMAR = new Set(
  `all and any array as bigint bit boolean by case cast char character coalesce decimal else exists extract filter float from
  greatest group having in int integer interval join lateral least limit national nchar not nullif numeric on or over overlay
  position precision real row rows select smallint some substring then time timestamp trim union using values varchar when
  where with xmlelement xmlforest`.split(/\s+/),
)

interface Word {
  readonly kind: 'word' | 'sign' | 'text'
  readonly text: string
  readonly at: number
}

// Quoted names and literals, dollar quotes, comments, parts that a template fills in, names and numbers, casts, signs.
const WORD =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]?'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|\$\{[^{}]*\}|\$(\w*)\$[\s\S]*?\$\1\$|[\p{L}_][\p{L}\p{N}_$]*|::|\d+|\S/gu

function wordsOf(sql: string): readonly Word[] {
  return [...sql.matchAll(WORD)].flatMap(({ 0: text, index: at }): readonly Word[] => {
    if (/^(?:--|\/\*)/.test(text)) return []
    if (/^(?:[eE]?'|\$)/.test(text)) return [{ kind: 'text', text, at }]
    return [{ kind: /^[\p{L}_"]/u.test(text) ? 'word' : 'sign', text, at }]
  })
}

/** Names without a schema, as `count()`, `pg_class`, `::json`. What is defined in the text itself is its own. */
export function unqualifiedIn(sql: string, names: Names): readonly string[] {
  const words = wordsOf(sql)
  return words.flatMap(({ kind, text }, index) => {
    const [before, after] = [words[index - 1], words[index + 1]]
    if (kind === 'text') return unqualifiedInLiteral(text, names)
    if (kind !== 'word' || before?.text === '.' || after?.text === '.') return []
    const name = text.toLowerCase()
    if (before?.text === '::') return isType(name, names) ? [`::${name}`] : []
    if (after?.text === '(') {
      const isOfGrammar = GRAMMAR.has(name) && (name !== 'substring' || isForm(words, index + 1))
      return isOfGrammar || !names.routines.has(name) ? [] : [`${name}()`]
    }
    return name.startsWith('pg_') && names.relations.has(name) ? [name] : []
  })
}

function isType(name: string, { types }: Names): boolean {
  return types.has(name) && !GRAMMAR.has(name)
}

/** Whether what stands in these parentheses is a form of the grammar, as in `substring(a FROM b)`. */
function isForm(words: readonly Word[], from: number): boolean {
  let depth = 0
  for (const { text } of words.slice(from)) {
    depth += text === '(' ? 1 : text === ')' ? -1 : 0
    if (depth === 0) return false
    if (depth === 1 && /^(?:from|for|similar)$/i.test(text)) return true
  }
  return false
}

/** A literal may hold SQL of its own: what a block does, what a function is given to run, the signature of a routine. */
function unqualifiedInLiteral(literal: string, names: Names): readonly string[] {
  const [, , block] = /^\$(\w*)\$([\s\S]*)\$\1\$$/.exec(literal) ?? []
  if (block !== undefined) return unqualifiedIn(block, names)
  const inner = literal.replace(/^[eE]?'|'$/g, '').replaceAll("''", "'")
  if (/^\s*(?:SELECT|COPY)\b/.test(inner)) return unqualifiedIn(inner, names)
  if (!/^[a-z_.]+\([a-z_, .[\]]*\)$/.test(inner)) return []
  const words = wordsOf(inner)
  const types = words.filter(({ text }, index) => words[index - 1]?.text !== '.' && isType(text, names))
  return [...unqualifiedIn(inner, names), ...types.map(({ text }) => text)]
}

/** The statements of a text, without what parts them. */
export function statementsIn(sql: string): readonly string[] {
  const ends = [...wordsOf(sql).flatMap(({ text, at }) => (text === ';' ? [at] : [])), sql.length]
  const statements = ends.map((end, index) => sql.slice(index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, end).trim())
  return statements.filter((statement) => statement !== '')
}
