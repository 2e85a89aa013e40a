-- Orders that were prepared, and the keys of sealed test text that people left with this gateway (encrypted).
create table app.drafts (
  id text primary key,
  account text not null,
  nonce numeric(39, 0) not null,
  head text not null,
  spec text not null,
  message jsonb not null,
  quote jsonb not null,
  cids text[] not null,
  bytes bigint not null,
  opener text not null,
  stored boolean not null,
  created_at bigint not null,
  expires_at bigint not null,
  task bigint,
  unique (account, nonce)
);
create index drafts_open on app.drafts (expires_at) where task is null;

create table app.round_keys (
  head text not null,
  round integer not null,
  account text not null,
  sealed text not null,
  opened_at bigint,
  tx text,
  primary key (head, round)
);
create index round_keys_closed on app.round_keys (head) where opened_at is null;
