/** Figures behind a rule in words, with their units. Names: chain/client/why. */
import { bits } from '../../../../chain/client/why/text.ts'
import { amountText } from '../../format/amount.ts'

const LABELS: Readonly<Record<string, string>> = {
  payAtto: 'Pay of one trainer and round',
  poolAtto: 'Bonus to share',
  feeAtto: 'Checking fee',
  eachAtto: 'Each time',
  bondAtto: 'Bond',
  lossAtto: 'Loss it came from',
  amountAtto: 'Amount',
  burnedAtto: 'Of it burned',
  harmedAtto: 'Of it to who was harmed',
  finderAtto: 'Of it to who found it',
  juryAtto: 'Of it to the jury',
  gainMicrobits: 'Help, as measured',
  countedMicrobits: 'Help that counts, at most twice the middle one',
  sumMicrobits: 'Help of all in the round',
  share: 'Share',
  validators: 'Validators',
  samples: 'Samples each',
  accepted: 'Accepted updates',
  role: 'Role',
  from: 'From',
  bucket: 'Where',
}

/** @example figureText('payAtto', '10000000000000000000') // { label: 'Pay of one trainer and round', text: '10.00 BLY' } */
export function figureText(name: string, value: string | number | null): { label: string; text: string } {
  const label =
    LABELS[name] ??
    name
      .replace(/Atto$/, '')
      .replaceAll(/([A-Z])/g, ' $1')
      .toLowerCase()
  if (value === null) return { label, text: 'not known' }
  if (name.endsWith('Atto') && /^-?\d+$/.test(String(value)))
    return { label, text: `${amountText(BigInt(value)).shown} BLY` }
  if (name.endsWith('Microbits')) return { label, text: `${bits(BigInt(value))} bits per byte` }
  if (name === 'share') return { label, text: `${Math.round(Number(value) * 10_000) / 100} %` }
  if (name === 'bucket') return { label, text: value === 'paying' ? 'on its way' : String(value) }
  return { label, text: String(value) }
}
