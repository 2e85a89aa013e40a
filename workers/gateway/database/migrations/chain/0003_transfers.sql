-- What crosses the bridge; an index from before it has none, and says so by its cursor.

alter table chain.cursor add column bridge text;

create table chain.transfers (
  id text primary key,
  direction text not null,
  nonce numeric(39,0) not null,
  sender text,
  receiver text not null,
  amount numeric(39,0) not null,
  state text not null,
  ready_at bigint,
  created_at bigint not null,
  created_height bigint not null,
  updated_at bigint not null,
  updated_height bigint not null,
  tx text not null
);

create index transfers_sender on chain.transfers (sender, created_height);
create index transfers_receiver on chain.transfers (receiver, created_height);
