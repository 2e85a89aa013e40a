-- Schema chain: what final blocks say. Written as database/schema/chain.ts has it; a test compares the two.

create table chain.accounts (
  account text primary key,
  balance numeric(39,0) not null default 0,
  payable numeric(39,0) not null default 0,
  locked numeric(39,0) not null default 0,
  paying numeric(39,0) not null default 0,
  first_height bigint not null,
  updated_height bigint not null
);

create table chain.blocks (
  height bigint primary key,
  hash text not null,
  at bigint not null,
  events integer not null
);

create table chain.cursor (
  id integer primary key,
  chain_id text not null,
  genesis_hash text not null,
  bly text not null,
  market text not null,
  height bigint not null,
  hash text not null,
  at bigint not null
);

create table chain.disputes (
  id text primary key,
  task bigint not null,
  round integer not null,
  submission integer not null,
  trainer text not null,
  disputer text not null,
  kind text not null,
  leaf integer not null,
  jurors text[] not null,
  result text,
  middle text,
  "end" text,
  answers integer,
  opened_at bigint not null,
  decided_at bigint,
  tx text not null,
  updated_height bigint not null
);
create index disputes_task on chain.disputes (task, round);

create table chain.events (
  height bigint not null,
  index integer not null,
  tx text not null,
  receipt text not null,
  contract text not null,
  name text not null,
  data jsonb not null,
  at bigint not null,
  task bigint,
  round integer,
  accounts text[] not null,
  primary key (height, index)
);
create index events_task on chain.events (task, height, index);
create index events_name on chain.events (name, height, index);
create index events_accounts on chain.events using gin (accounts);
create index events_tx on chain.events (tx);

create table chain.ledger (
  height bigint not null,
  index integer not null,
  account text not null,
  delta numeric(39,0) not null,
  reason text not null,
  bucket text not null,
  task bigint,
  round integer,
  tx text not null,
  at bigint not null,
  primary key (height, index)
);
create index ledger_account on chain.ledger (account, height, index);
create index ledger_task on chain.ledger (task);

create table chain.models (
  task bigint not null,
  round integer not null,
  hash text not null,
  cid text not null,
  height bigint not null,
  at bigint not null,
  primary key (task, round)
);
create index models_cid on chain.models (cid);

create table chain.nodes (
  account text primary key,
  number integer not null,
  roles text[] not null,
  kind text not null,
  class text not null,
  peer text not null,
  worker_key text,
  stake numeric(39,0) not null default 0,
  unbonding numeric(39,0) not null default 0,
  parked boolean not null,
  since bigint not null,
  earned numeric(39,0) not null default 0,
  lost numeric(39,0) not null default 0,
  accepted integer not null default 0,
  faults integer not null default 0,
  updated_height bigint not null
);
create index nodes_updated on chain.nodes (updated_height);

create table chain.receipts (
  index bigint primary key,
  hash text not null,
  task bigint not null,
  round integer not null,
  worker text not null,
  base text not null,
  delta text not null,
  gain numeric(39,0),
  validators integer not null,
  samples integer not null,
  certainty integer not null,
  pool integer not null,
  small_pool boolean not null,
  profile text not null,
  beacon text not null,
  reward numeric(39,0) not null,
  settled_at bigint not null,
  previous text not null,
  height bigint not null,
  tx text not null
);
create index receipts_hash on chain.receipts (hash);
create index receipts_worker on chain.receipts (worker, index);
create index receipts_task on chain.receipts (task, index);

create table chain.rounds (
  task bigint not null,
  round integer not null,
  attempt integer not null,
  phase text not null,
  opened_at bigint not null,
  phase_at bigint not null,
  deadline bigint,
  beacon jsonb,
  judges_beacon jsonb,
  pool integer not null,
  trainers text[] not null,
  spares text[] not null,
  validators text[] not null,
  key text,
  merge_set integer[],
  settled_at bigint,
  updated_height bigint not null,
  primary key (task, round)
);

create table chain.seats (
  task bigint not null,
  round integer not null,
  attempt integer not null,
  role text not null,
  account text not null,
  dispute text not null,
  bond numeric(39,0) not null default 0,
  open boolean not null,
  at bigint not null,
  height bigint not null,
  primary key (task, round, attempt, role, account, dispute)
);
create index seats_account on chain.seats (account, height);

create table chain.submissions (
  task bigint not null,
  round integer not null,
  submission integer not null,
  account text not null,
  state text not null,
  commitment text,
  base text,
  delta text,
  manifest text,
  outcome text,
  fault text,
  gain numeric(39,0),
  base_pay numeric(39,0) not null default 0,
  bonus numeric(39,0) not null default 0,
  lost numeric(39,0) not null default 0,
  receipt bigint,
  tx text,
  updated_height bigint not null,
  primary key (task, round, submission)
);
create index submissions_account on chain.submissions (account, task, round);

create table chain.supply (
  name text primary key,
  amount numeric(39,0) not null
);

create table chain.tasks (
  id bigint primary key,
  requester text not null,
  state text not null,
  reason text,
  created_height bigint not null,
  created_at bigint not null,
  tx text not null,
  nonce numeric(39,0) not null,
  spec jsonb not null,
  quote jsonb not null,
  validators integer not null,
  samples integer not null,
  round integer not null,
  rounds integer not null,
  rounds_settled integer not null,
  workers integer not null,
  certainty integer not null,
  small_pool boolean not null,
  bounty numeric(39,0) not null,
  escrow numeric(39,0) not null,
  base_pay numeric(39,0) not null default 0,
  bonus numeric(39,0) not null default 0,
  validators_pay numeric(39,0) not null default 0,
  jury numeric(39,0) not null default 0,
  cranks numeric(39,0) not null default 0,
  burned numeric(39,0) not null default 0,
  treasury numeric(39,0) not null default 0,
  returned numeric(39,0) not null default 0,
  declined numeric(39,0) not null default 0,
  vest_at bigint,
  vested boolean not null,
  updated_height bigint not null
);
create index tasks_requester on chain.tasks (requester, id);
create index tasks_state on chain.tasks (state, id);
create index tasks_updated on chain.tasks (updated_height, id);

create table chain.verdicts (
  task bigint not null,
  round integer not null,
  submission integer not null,
  validator text not null,
  verdict text not null,
  leaf integer,
  gain numeric(39,0),
  height bigint not null,
  tx text not null,
  primary key (task, round, submission, validator)
);

