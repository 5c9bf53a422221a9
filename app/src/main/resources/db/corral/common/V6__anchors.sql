-- What names meant before they were pulled anew: kept under hidden names, and written down here so that a store may forget.
create table anchor (
  store varchar(64) not null,
  target varchar(64) not null,
  model varchar(700) not null,
  hidden varchar(700) not null,
  digest varchar(64) not null,
  bytes bigint not null,
  manifest text not null,
  blobs text not null,
  made_at bigint not null,
  primary key (store, target, hidden)
);
