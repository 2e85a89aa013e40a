/** What a task's money was spent on, by the contract's own names. */
export const SPENT_WORDS: Readonly<Record<string, string>> = {
  base_pay: 'trainers, base',
  bonus: 'trainers, bonus',
  validators: 'validators',
  jury: 'juries',
  cranks: 'moving it on',
  burned: 'burned: fee, unearned bonus',
  treasury: 'treasury: fee',
}
