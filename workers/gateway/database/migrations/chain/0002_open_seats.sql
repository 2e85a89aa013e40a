-- Who works right now is asked with every list of operators; all but a few seats are closed.

create index seats_open on chain.seats (account) where open;
