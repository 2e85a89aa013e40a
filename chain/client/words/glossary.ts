/** The glossary: what each term means, in one sentence, for command line, page and documents alike. */

export const GLOSSARY = {
  stake: 'BLY that an operator puts up so that breaking the rules costs something; it is theirs and can be taken back.',
  seat: 'A seat is 100 BLY of your stake and one ticket in the draw for work.',
  bond: 'The part of your stake that this round can cost you if you break its rules; it frees itself afterwards.',
  sample:
    'One of about 256 short stretches of a round’s training; a few are picked by lot, after the hand-in, and done again.',
  'check value': 'A number from the middle of a sample that only someone who really redid it can know.',
  certainty:
    'The chance that a trainer who faked a tenth of its work is caught, even if a third of all seats are hostile.',
  update: 'What a trainer hands in after a round: by how much each parameter of the model should change.',
  help: 'How much the update lowered the loss on text that nobody had seen.',
  dispute: 'Someone says a sample is wrong; drawn operators redo it and the result, not opinion, decides.',
  jury: 'Operators drawn to redo one disputed sample; the result, not opinion, decides.',
  collect: 'Move to your account what has become payable; it waits for you as long as you like.',
  'payable from': 'Money is set aside first, yours when checking time has passed, and collected when you like.',
  'set aside':
    'Money held by the contract for one task: it can go to its workers or back to its requester, nowhere else.',
  'small pool': 'Too few independent operators for the stated odds.',
  'bits per byte':
    'How surprised the model is by each byte of a text it has not seen: 8 is a blind guess, lower is better.',
  bigram: 'The simplest model that learns: it guesses each byte from the one before. A trained model should beat it.',
  receipt:
    'A record of one accepted piece of work, listed on chain: evidence with stated odds, not a mathematical certainty.',
  reserve: 'Set aside for extra checking, should a dispute need it; unused, it returns to you.',
  deposit: 'Yours again at the end, unless whoever should open a round’s test text stays silent.',
  'test text': 'A part of your text that stays sealed until its round is over; it shows whether an update helps.',
  round:
    'Trainers work from the same model, hand in, are checked and paid; what they found is merged into the next one.',
  signer:
    'Attests that money left one chain, so that it is paid out on the other; a stated number of all signers must agree.',
  guardian:
    'Can pause the bridge once, and stop a large transfer while it waits; it can take nothing, move nothing, change nobody.',
  relayer:
    'Carries signatures to the chain that pays out and pays the gas there; it holds no money of yours, and anybody can do its work.',
  credit: 'BLY that could not be paid out to an account: it waits there, as long as you like, until you collect it.',
} as const

export type Term = keyof typeof GLOSSARY
