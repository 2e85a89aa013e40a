/** Words that people are spared: the chain's own names stay in evidence and JSON, sentences use the glossary. */
import { lineOf, type Source, withoutComments } from './sources.ts'

/** Word → what to say instead. */
export const FORBIDDEN: Readonly<Record<string, string>> = {
  leaf: 'sample',
  leaves: 'samples',
  'middle state': 'check value',
  'middle states': 'check values',
  merkle: 'the list of receipts',
  beacon: 'the lot',
  tick: '(say what happens)',
  crank: '(say what happens)',
  epoch: '(give the time)',
  nonce: '(leave it out)',
  atto: 'BLY',
  attobly: 'BLY',
  yocto: 'NEAR',
  yoctonear: 'NEAR',
  tgas: 'NEAR, "about 0.012 NEAR"',
  'basis points': 'per cent',
  slashed: 'lost … of its bond',
  oops: '(leave it out)',
  successfully: '(leave it out)',
  trustless: '(say what is checked)',
  guaranteed: '(give the odds)',
  proven: 'checked',
}

/** Commands for contract developers speak NEAR's language, where these words are the right ones. */
const DEVELOPER_WORDS = new Set(['tgas', 'nonce', 'yocto', 'yoctonear', 'epoch'])
const isForDevelopers = (path: string) => /\/cli\/chain\w*(\.ts|\/)/.test(path)

export interface WordFinding {
  path: string
  line: number
  word: string
  instead: string
  sentence: string
}

/** Sentences in string literals that use a forbidden word. Codes in capitals and `${…}` do not count. */
export function findForbidden(sources: readonly Source[]): WordFinding[] {
  return sources.flatMap(({ path, text }) =>
    sentencesOf(text, path.endsWith('.tsx')).flatMap(({ sentence, line }) => {
      const words = wordsIn(sentence).filter((word) => !(isForDevelopers(path) && DEVELOPER_WORDS.has(word)))
      return words.map((word) => ({ path, line, word, instead: FORBIDDEN[word]!, sentence }))
    }),
  )
}

/** Forbidden words of one sentence, each once. */
export function wordsIn(sentence: string): string[] {
  const plain = sentence.replace(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/g, ' ').toLowerCase()
  return Object.keys(FORBIDDEN).filter((word) => new RegExp(`(?<![\\w.$-])${word}s?(?![\\w-])`).test(plain))
}

/** Literals with a space between words, which is what tells a sentence from a key; SQL and imports are none. */
function sentencesOf(text: string, isPage = false): { sentence: string; line: number }[] {
  const code = withoutComments(text)
  return [...literalsOf(code), ...(isPage ? elementTextOf(code) : [])]
}

/** Text between tags, which no quotes mark; what looks like code is none. */
function elementTextOf(code: string): { sentence: string; line: number }[] {
  return [...code.matchAll(/(?<![=-])[>}]([^<>{}]*\p{L}[^<>{}]*)[<{]/gu)].flatMap((match) => {
    const sentence = match[1]!.replace(/\s+/g, ' ').trim()
    return /[=;`[\]|&]|['"]/.test(sentence) ? [] : [{ sentence, line: lineOf(code, match.index) }]
  })
}

function literalsOf(code: string): { sentence: string; line: number }[] {
  const literal = /'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`/g
  return [...code.matchAll(literal)].flatMap((match) => {
    const sentence = (match[1] ?? match[2] ?? match[3]!).replace(/\$\{[^{}]*\}/g, '…')
    const isSentence =
      /[\p{L}…][,:]? \p{L}/u.test(sentence) && !/^\s*(select|insert|update|delete|create|pragma)\s/i.test(sentence)
    return isSentence ? [{ sentence, line: lineOf(code, match.index) }] : []
  })
}
