-- Schema app: people's own, which survives a rebuild of the index. Written as database/schema/identity.ts has it.

create table app.users (
  id text primary key,
  kind text not null,
  created_at bigint not null,
  seen_at bigint not null
);

-- One EVM address, one NEAR account.
create table app.links (
  evm text primary key,
  near text not null unique,
  linked_at bigint not null
);

create table app.sessions (
  id text primary key,
  "user" text not null,
  public_key text,
  seed text not null,
  generation integer not null,
  rotated_at bigint not null,
  rotated_from text not null,
  created_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint,
  reason text
);
create index sessions_user on app.sessions ("user", created_at);

create table app.api_keys (
  id text primary key,
  "user" text not null,
  name text not null,
  scopes text[] not null,
  hash text not null,
  created_at bigint not null,
  last_used_at bigint,
  revoked_at bigint
);
create index api_keys_user on app.api_keys ("user", created_at, id);

create table app.audit (
  seq bigint primary key,
  at bigint not null,
  event text not null,
  "user" text,
  data text not null,
  previous text not null unique,
  hash text not null
);
create index audit_user on app.audit ("user", seq);

create function app.refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'app.audit is append-only: % refused', tg_op;
end $$;
create trigger audit_rows_stay before update or delete on app.audit
  for each row execute function app.refuse_audit_change();
create trigger audit_stays before truncate on app.audit
  for each statement execute function app.refuse_audit_change();
