/** A sum of money: rounded as it is read, exact on focus and copy, one click from why. */
import { Link } from 'wouter'
import { type AmountOptions, amountText } from '../format/amount.ts'

export interface AmountProps extends AmountOptions {
  /** Smallest units. */
  value: bigint | string
  /** Where rule, figures and evidence are; without it the amount itself can be copied. */
  why?: string
  /** Instead of the rounded text, where a column must add up; the exact one stays. */
  text?: string
  /** Shows the unit behind the figure. */
  withUnit?: boolean
}

export function Amount({ value, why, text: given, withUnit = false, ...options }: AmountProps) {
  const rounded = amountText(BigInt(value), options)
  const shown = given ?? rounded.shown
  const { exact } = rounded
  const tone =
    options.signed === true ? (BigInt(value) < 0n ? ' amount-lost' : BigInt(value) > 0n ? ' amount-won' : '') : ''
  const unit = options.unit ?? 'BLY'
  const text = (
    <>
      <span className="figure">{shown}</span>
      {withUnit ? <span className="unit"> {unit}</span> : null}
    </>
  )
  if (why !== undefined) {
    return (
      <Link href={why} className={`amount amount-why${tone}`} data-exact={exact} aria-label={`${shown} ${unit}: why`}>
        {text}
      </Link>
    )
  }
  return (
    <button
      type="button"
      className={`amount${tone}`}
      data-exact={exact}
      aria-label={`${shown} ${unit}, exactly ${exact}, copy`}
      onClick={() => void navigator.clipboard?.writeText(exact.replace(/[^\d.\u2212-]/g, '').replace('\u2212', '-'))}
    >
      {text}
    </button>
  )
}
