-- What the relay spent for whom on which day (UTC), and each delegate once: nobody is made to pay for it again.
create table app.relay_spend (
  day text not null,
  account text not null,
  yocto numeric(39, 0) not null,
  primary key (day, account)
);

create table app.relay_seen (
  hash text primary key,
  account text not null,
  at bigint not null,
  tx text
);
