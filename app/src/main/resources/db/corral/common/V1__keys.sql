-- Times are epoch milliseconds. A secret is never kept, only the SHA-256 of it, in hex.
create table access_key (
  id varchar(32) primary key,
  name varchar(100) not null,
  hash varchar(64) not null unique,
  hint varchar(20) not null,
  scopes varchar(100) not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  last_used bigint,
  changed_at bigint not null
);

-- A name may be used again once its key is revoked.
create unique index access_key_name on access_key (name) where revoked_at is null;
