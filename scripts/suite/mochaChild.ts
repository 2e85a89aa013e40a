/** Runs some test files in this process with mocha's spec output, and sends the outcome to the parent. */
import Mocha from 'mocha'
import mocharc from '../../.mocharc.json' with { type: 'json' }

/** What a group of tests came to. */
export interface GroupOutcome {
  passed: number
  /** Full titles. */
  failures: string[]
  skips: string[]
}

// The parent was killed: nobody waits for the answer.
process.on('disconnect', () => process.exit(1))

const { files, grep, colour } = JSON.parse(process.argv[2]!) as {
  files: string[]
  grep: string | null
  colour: boolean
}
const mocha = new Mocha({
  timeout: mocharc.timeout,
  reporter: 'spec',
  color: colour,
  ...(grep === null ? {} : { fgrep: grep }),
})
for (const file of files) mocha.addFile(file)
await mocha.loadFilesAsync()

const outcome: GroupOutcome = { passed: 0, failures: [], skips: [] }
const runner = mocha.run(() => {
  // Leaking handles must not keep the suite: the answer is known, so leave (as mocha --exit does).
  process.send!(outcome, () => process.exit(0))
})
runner.on('pass', () => outcome.passed++)
runner.on('fail', (test) => outcome.failures.push(test.fullTitle()))
runner.on('pending', (test) => outcome.skips.push(test.fullTitle()))
